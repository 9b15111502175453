/* main.c - the sennit command: finds the verb. */
#include "cli.h"

#include <argp.h>
#include <sennit.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct verb verbs[] = {
    {"run", "FILE.c [ARGUMENT...]", "compile a C file against sennit and run it", run_verb},
    {"check", "[OPTION...] FILE.c|PROGRAM [ARGUMENT...]", "run a program under every schedule that matters",
     check_verb},
    {"lint", "FILE.c [COMPILER-FLAG...]", "find locals that a throw can set back (see sennit/error.h)", lint_verb},
};

const char *argp_program_version = "sennit " SENNIT_VERSION;

int complain(int status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("sennit: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return status;
}

static char *list_verbs(int key, const char *text, void *unused)
{
    (void)unused;
    if (key != ARGP_KEY_HELP_POST_DOC)
        return (char *)text;
    char *list = NULL;
    size_t size;
    FILE *out = open_memstream(&list, &size);
    if (!out)
        return (char *)text;
    fputs("Verbs:\n", out);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        fprintf(out, "  sennit %s %s\n        %s\n", verbs[i].name, verbs[i].arguments, verbs[i].help);
    fputs("\n`man sennit` has the details.", out);
    fclose(out);
    return list;
}

struct chosen {
    int at;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct chosen *chosen = state->input;
    (void)arg;
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    chosen->at = state->next - 1; /* the rest is the verb's */
    state->next = state->argc;
    return 0;
}

int main(int argc, char **argv)
{
    static const struct argp argp = {
        NULL,       parse, "VERB [ARGUMENT...]", "Threads, conditions and async/await for C, on all cores.\v", NULL,
        list_verbs, NULL};
    struct chosen chosen = {0};
    /* argp's own messages take two lines; an unknown option gets one here. */
    if (argc > 1 && argv[1][0] == '-' && strcmp(argv[1], "--help") != 0 && strcmp(argv[1], "-?") != 0 &&
        strcmp(argv[1], "--usage") != 0 && strcmp(argv[1], "--version") != 0 && strcmp(argv[1], "-V") != 0)
        return complain(STATUS_USAGE, "unknown option '%s'; try 'sennit --help'", argv[1]);
    argp_err_exit_status = STATUS_USAGE;
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &chosen);
    if (!chosen.at)
        return complain(STATUS_USAGE, "no verb given; try 'sennit --help'");
    const char *name = argv[chosen.at];
    if (strcmp(name, "help") == 0) {
        argp_help(&argp, stdout, ARGP_HELP_STD_HELP & ~ARGP_HELP_EXIT_OK, (char *)"sennit");
        return STATUS_OK;
    }
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(name, verbs[i].name) == 0)
            return verbs[i].run(argc - chosen.at, argv + chosen.at);
    return complain(STATUS_USAGE, "unknown verb '%s'; try 'sennit --help'", name);
}

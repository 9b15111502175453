/* symbols.c - names of variables and functions, and source lines, of this process.       Layer: check.
 *                                                            Checked by: tests/check
 * Names come from the symbol tables of the modules' files, as "ELF-64 Object File Format" (1998) lays them out. Lines
 * come from addr2line, which is run once for each module; where there is no addr2line, or no debug information, names
 * have to do. All this is done after the last run, so it may use the heap, files and processes.
 */
#define _GNU_SOURCE
#include "check/symbols.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_MODULES = 128, MOST_WANTED = 4096, PATIENCE_MS = 10000, PATH_ROOM = 512 };

struct module {
    char path[PATH_ROOM];
    const char *base_name; /* in path */
    uintptr_t base, start, end;
    bool is_system; /* nobody wants its lines */
    bool was_opened;
    const char *file; /* mapped; NULL: can't be read */
    size_t file_size;
    const ElfW(Sym) * table;
    size_t table_count;
    const char *strings;
    size_t strings_size;
};

struct wanted {
    uintptr_t pc;
    char place[128];
};

struct sn_symbols {
    struct module modules[MOST_MODULES];
    unsigned module_count;
    struct wanted wanted[MOST_WANTED];
    unsigned wanted_count;
    unsigned asked[MOST_WANTED]; /* of one module */
    char directory[PATH_ROOM];   /* the current one, with a slash; empty: not known */
};

/* ---- modules */

static bool is_system(const char *name)
{
    static const char *const beginnings[] = {"libsennit", "libc.",      "libc-",    "libm.",     "libpthread",
                                             "libdl.",    "libstdc++.", "libgcc_s", "ld-",       "libasan.",
                                             "libubsan.", "libtsan.",   "librt.",   "linux-vdso"};
    for (unsigned i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (strncmp(name, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return false;
}

static int add_module(struct dl_phdr_info *info, size_t size, void *raw)
{
    sn_symbols *symbols = raw;
    (void)size;
    if (symbols->module_count == MOST_MODULES)
        return 1;
    struct module *module = &symbols->modules[symbols->module_count++];
    module->base = info->dlpi_addr;
    module->start = UINTPTR_MAX;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + header->p_vaddr, end = start + header->p_memsz;
        if (header->p_type != PT_LOAD)
            continue;
        if (start < module->start)
            module->start = start;
        if (end > module->end)
            module->end = end;
    }
    if (info->dlpi_name && info->dlpi_name[0])
        snprintf(module->path, sizeof module->path, "%s", info->dlpi_name);
    else if (readlink("/proc/self/exe", module->path, sizeof module->path - 1) < 0)
        snprintf(module->path, sizeof module->path, "?");
    const char *slash = strrchr(module->path, '/');
    module->base_name = slash ? slash + 1 : module->path;
    module->is_system = is_system(module->base_name);
    return 0;
}

static struct module *module_of(const sn_symbols *symbols, uintptr_t address)
{
    for (unsigned i = 0; i < symbols->module_count; i++) {
        const struct module *module = &symbols->modules[i];
        if (address >= module->start && address < module->end)
            return (struct module *)(uintptr_t)module;
    }
    return NULL;
}

/* Whether `count` things of `size` bytes lie within the file from `offset` on. */
static bool lies_in(const struct module *module, uint64_t offset, uint64_t count, uint64_t size)
{
    return offset <= module->file_size && count <= (module->file_size - offset) / size;
}

static void take_table(struct module *module, const ElfW(Shdr) * sections, unsigned count, unsigned type)
{
    for (unsigned i = 0; i < count && !module->table; i++) {
        const ElfW(Shdr) *section = &sections[i];
        if (section->sh_type != type || section->sh_link >= count)
            continue;
        const ElfW(Shdr) *strings = &sections[section->sh_link];
        uint64_t entries = section->sh_size / sizeof(ElfW(Sym));
        if (!entries || section->sh_offset % _Alignof(ElfW(Sym)) ||
            !lies_in(module, section->sh_offset, entries, sizeof(ElfW(Sym))) || !strings->sh_size ||
            !lies_in(module, strings->sh_offset, strings->sh_size, 1) ||
            module->file[strings->sh_offset + strings->sh_size - 1] != '\0')
            continue;
        module->table = (const void *)(module->file + section->sh_offset);
        module->table_count = entries;
        module->strings = module->file + strings->sh_offset;
        module->strings_size = strings->sh_size;
    }
}

/* Maps the module's file and finds its symbols; the full table rather than what the dynamic linker needs. */
static void open_module(struct module *module)
{
    if (module->was_opened)
        return;
    module->was_opened = true;
    int fd = open(module->path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0)
        return;
    if (fstat(fd, &status) == 0 && (size_t)status.st_size > sizeof(ElfW(Ehdr))) {
        void *file = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (file != MAP_FAILED) {
            module->file = file;
            module->file_size = (size_t)status.st_size;
        }
    }
    close(fd);
    const ElfW(Ehdr) *header = (const void *)module->file;
    if (!header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_ident[EI_CLASS] != ELFCLASS64 ||
        header->e_shentsize != sizeof(ElfW(Shdr)) || header->e_shoff % _Alignof(ElfW(Shdr)) ||
        !lies_in(module, header->e_shoff, header->e_shnum, sizeof(ElfW(Shdr))))
        return;
    const ElfW(Shdr) *sections = (const void *)(module->file + header->e_shoff);
    take_table(module, sections, header->e_shnum, SHT_SYMTAB);
    take_table(module, sections, header->e_shnum, SHT_DYNSYM);
}

/* ---- names */

static const ElfW(Sym) * find_symbol(sn_symbols *symbols, uintptr_t address, unsigned type, struct module **in)
{
    struct module *module = module_of(symbols, address);
    *in = module;
    if (!module)
        return NULL;
    open_module(module);
    const ElfW(Sym) *best = NULL;
    for (size_t i = 0; i < module->table_count; i++) {
        const ElfW(Sym) *symbol = &module->table[i];
        uintptr_t start = module->base + symbol->st_value;
        if (ELF64_ST_TYPE(symbol->st_info) != type || symbol->st_shndx == SHN_UNDEF ||
            symbol->st_name >= module->strings_size || address < start)
            continue;
        if (symbol->st_size ? address - start >= symbol->st_size : address != start)
            continue;
        if (!best || symbol->st_size < best->st_size)
            best = symbol;
    }
    return best;
}

/* A C++ program brings the function that reads its names with it. Without the parameters: they are long. */
static bool copy_cplusplus_name(char *to, size_t size, const char *name)
{
    typedef char *demangle_function(const char *name, char *buffer, size_t *length, int *status);
    demangle_function *demangle = (demangle_function *)dlsym(RTLD_DEFAULT, "__cxa_demangle");
    int status = -1;
    char *text = demangle ? demangle(name, NULL, NULL, &status) : NULL;
    bool is_known = text && status == 0;
    if (is_known)
        snprintf(to, size, "%.*s", (int)strcspn(text, "(["), text);
    free(text);
    return is_known && to[0];
}

/* A static variable within a function is called name.1234, and a part of a function name.cold, or the like. */
static void copy_name(char *to, size_t size, const char *name)
{
    if (strncmp(name, "_Z", 2) == 0 && copy_cplusplus_name(to, size, name))
        return;
    const char *dot = strchr(name + (name[0] == '.'), '.');
    int length = dot ? (int)(dot - name) : (int)strlen(name);
    snprintf(to, size, "%.*s", length, name);
}

bool sn_symbols_function(sn_symbols *symbols, uintptr_t address, char *name, size_t size)
{
    struct module *module;
    const ElfW(Sym) *symbol = find_symbol(symbols, address, STT_FUNC, &module);
    if (!symbol || module->is_system)
        return false;
    copy_name(name, size, module->strings + symbol->st_name);
    return true;
}

bool sn_symbols_variable(sn_symbols *symbols, const void *address, sn_variable *variable)
{
    struct module *module;
    const ElfW(Sym) *symbol = find_symbol(symbols, (uintptr_t)address, STT_OBJECT, &module);
    if (!symbol)
        return false;
    copy_name(variable->name, sizeof variable->name, module->strings + symbol->st_name);
    variable->offset = (uintptr_t)address - module->base - symbol->st_value;
    variable->size = symbol->st_size;
    return true;
}

const char *sn_symbols_shorten(const sn_symbols *symbols, const char *file)
{
    size_t length = strlen(symbols->directory);
    if (length && strncmp(file, symbols->directory, length) == 0)
        return file + length;
    const char *slash = strrchr(file, '/');
    return file[0] == '/' && slash ? slash + 1 : file;
}

/* What can be said without line numbers. */
static void describe(sn_symbols *symbols, struct wanted *wanted)
{
    struct module *module;
    const ElfW(Sym) *symbol = find_symbol(symbols, wanted->pc - 1, STT_FUNC, &module);
    char name[80];
    if (!module) {
        snprintf(wanted->place, sizeof wanted->place, "0x%lx", (unsigned long)wanted->pc);
    } else if (!symbol) {
        snprintf(wanted->place, sizeof wanted->place, "%.100s+0x%lx", module->base_name,
                 (unsigned long)(wanted->pc - module->base));
    } else {
        copy_name(name, sizeof name, module->strings + symbol->st_name);
        bool is_ours = strncmp(module->base_name, "libsennit", 9) == 0;
        if (is_ours && strncmp(name, "sennit_", 7) != 0)
            return; /* nobody knows it */
        if (module->is_system)
            snprintf(wanted->place, sizeof wanted->place, "%s", name);
        else
            snprintf(wanted->place, sizeof wanted->place, "%s+0x%lx", name,
                     (unsigned long)(wanted->pc - module->base - symbol->st_value));
    }
}

/* ---- lines */

/* What keeps a preloaded checker out of addr2line. */
static bool is_ours(const char *variable)
{
    return strncmp(variable, "LD_PRELOAD=", 11) == 0 || strncmp(variable, "LD_AUDIT=", 9) == 0 ||
           strncmp(variable, "SENNIT_", 7) == 0;
}

static char **clean_environment(void)
{
    size_t count = 0;
    while (environ && environ[count])
        count++;
    char **clean = malloc((count + 1) * sizeof *clean), **to = clean;
    if (!clean)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (!is_ours(environ[i]))
            *to++ = environ[i];
    *to = NULL;
    return clean;
}

/* addr2line, with `in` as its input. Returns its process, and the end of a pipe with what it says; or -1. */
static pid_t start_addr2line(const char *path, int in, int *out)
{
    char *argv[] = {"addr2line", "-a", "-i", "-e", (char *)(uintptr_t)path, NULL};
    int ends[2];
    char **environment = clean_environment();
    if (!environment || pipe2(ends, O_CLOEXEC) != 0) {
        free(environment);
        return -1;
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    pid_t child = -1;
    if (posix_spawnp(&child, argv[0], &actions, &attributes, argv, environment) != 0)
        child = -1;
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    free(environment);
    close(ends[1]);
    if (child < 0)
        close(ends[0]);
    else
        *out = ends[0];
    return child;
}

/* Everything that comes, at most `size` - 1 bytes. Returns false if that takes too long. */
static bool read_all(int fd, char *text, size_t size)
{
    size_t length = 0;
    struct pollfd waits = {.fd = fd, .events = POLLIN};
    bool is_over = false;
    while (!is_over && length < size - 1) {
        int ready = poll(&waits, 1, PATIENCE_MS);
        if (ready == 0 || (ready < 0 && errno != EINTR))
            break;
        ssize_t n = ready > 0 ? read(fd, text + length, size - 1 - length) : -1;
        is_over = n == 0 || (n < 0 && errno != EINTR);
        length += n > 0 ? (size_t)n : 0;
    }
    text[length] = '\0';
    return is_over;
}

/* A line of addr2line's: "/home/a/bank.c:12 (discriminator 2)", or "??:0". Returns whether it is the one to keep: of
 * functions inlined into each other the innermost comes first, and the seam's own are no place to point at. */
static bool take_line(const sn_symbols *symbols, struct wanted *wanted, const char *line, size_t length)
{
    char text[PATH_ROOM];
    snprintf(text, sizeof text, "%.*s", (int)length, line);
    char *end = strstr(text, " (discriminator");
    if (end)
        *end = '\0';
    const char *colon = strrchr(text, ':');
    if (text[0] == '?' || !colon || colon[1] < '1' || colon[1] > '9')
        return false;
    snprintf(wanted->place, sizeof wanted->place, "%.120s", sn_symbols_shorten(symbols, text));
    return !strstr(text, "/seam/seam.h:");
}

/* The answers: for each address a line 0x..., and then one for each function inlined there. */
static void take_lines(sn_symbols *symbols, const unsigned *asked, unsigned count, const char *text)
{
    unsigned at = 0; /* how many addresses have come */
    bool has_place = true;
    for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
        if (strncmp(text, "0x", 2) == 0) {
            at++;
            has_place = false;
        } else if (at && at <= count && !has_place) {
            has_place = take_line(symbols, &symbols->wanted[asked[at - 1]], text, (size_t)(end - text));
        }
    }
}

static void look_up_in(sn_symbols *symbols, const struct module *module)
{
    unsigned *asked = symbols->asked, count = 0;
    int in = memfd_create("addresses", MFD_CLOEXEC), out = -1;
    if (in < 0)
        return;
    for (unsigned i = 0; i < symbols->wanted_count; i++)
        if (module_of(symbols, symbols->wanted[i].pc) == module) {
            dprintf(in, "0x%lx\n", (unsigned long)(symbols->wanted[i].pc - 1 - module->base));
            asked[count++] = i;
        }
    lseek(in, 0, SEEK_SET);
    pid_t child = count ? start_addr2line(module->path, in, &out) : -1;
    close(in);
    if (child < 0)
        return;
    size_t size = (size_t)count * 4 * PATH_ROOM + 1;
    char *text = malloc(size);
    bool is_over = text && read_all(out, text, size);
    close(out);
    if (!is_over)
        kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    if (is_over)
        take_lines(symbols, asked, count, text);
    free(text);
}

/* The program's own handler of SIGCHLD must not see our children: it is kept back, and the signal dropped. */
void sn_symbols_look_up(sn_symbols *symbols)
{
    sigset_t child, before, pending;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &before);
    sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGCHLD);
    for (unsigned i = 0; i < symbols->wanted_count; i++)
        describe(symbols, &symbols->wanted[i]);
    for (unsigned i = 0; i < symbols->module_count; i++)
        if (!symbols->modules[i].is_system)
            look_up_in(symbols, &symbols->modules[i]);
    sigpending(&pending);
    if (!was_pending && sigismember(&pending, SIGCHLD))
        sigtimedwait(&child, NULL, &(struct timespec){0});
    sigprocmask(SIG_SETMASK, &before, NULL);
}

static struct wanted *find_wanted(const sn_symbols *symbols, uintptr_t pc)
{
    for (unsigned i = 0; i < symbols->wanted_count; i++)
        if (symbols->wanted[i].pc == pc)
            return (struct wanted *)(uintptr_t)&symbols->wanted[i];
    return NULL;
}

void sn_symbols_want(sn_symbols *symbols, uintptr_t pc)
{
    if (pc && symbols->wanted_count < MOST_WANTED && !find_wanted(symbols, pc))
        symbols->wanted[symbols->wanted_count++] = (struct wanted){.pc = pc};
}

const char *sn_symbols_place(const sn_symbols *symbols, uintptr_t pc)
{
    const struct wanted *wanted = pc ? find_wanted(symbols, pc) : NULL;
    return wanted ? wanted->place : "";
}

/* ---- */

sn_symbols *sn_symbols_new(void)
{
    sn_symbols *symbols = calloc(1, sizeof *symbols);
    if (!symbols)
        return NULL;
    if (getcwd(symbols->directory, sizeof symbols->directory - 1) && strcmp(symbols->directory, "/") != 0)
        strcat(symbols->directory, "/");
    else
        symbols->directory[0] = '\0';
    dl_iterate_phdr(add_module, symbols);
    return symbols;
}

void sn_symbols_free(sn_symbols *symbols)
{
    for (unsigned i = 0; i < symbols->module_count; i++)
        if (symbols->modules[i].file)
            munmap((void *)(uintptr_t)symbols->modules[i].file, symbols->modules[i].file_size);
    free(symbols);
}

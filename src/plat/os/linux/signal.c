/* signal.c - Linux: SIGQUIT (Ctrl-\) reports what the program waits for.       Layer: plat. */
#define _GNU_SOURCE
#include "plat/plat.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void (*dump_function)(void); /* const after the handler is installed */

static void on_quit(int number)
{
    dump_function();
    signal(number, SIG_DFL);
    raise(number); /* delivered, with its default action, when this handler returns */
}

void sn_plat_on_quit_signal(void (*dump)(void))
{
    struct sigaction action;
    if (sigaction(SIGQUIT, NULL, &action) != 0 || action.sa_handler != SIG_DFL)
        return; /* the program's own business */
    dump_function = dump;
    action.sa_handler = on_quit;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGQUIT, &action, NULL);
}

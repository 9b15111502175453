/* report.c - a line for each strand: what it is, and what it waits for.       Layer: sched.
 *                                                              Checked by: tests/tools/hang.sh
 * Looks at strands without any guard, so that it can run in a signal handler and while everything is stuck; OS threads'
 * and tasks' blocks are never freed. Writes by write(2) alone.
 */
#include <sennit/runtime.h>

#include "fiber/stack.h"
#include "sched/sched.h"
#include "sync/lock.h"

#include <string.h>
#include <unistd.h>

/* A line that is built without the C library's stdio. */
struct line {
    size_t length;
    char text[512];
};

static void add(struct line *line, const char *text)
{
    size_t length = strlen(text), room = sizeof line->text - line->length - 1;
    if (length > room)
        length = room;
    memcpy(line->text + line->length, text, length);
    line->length += length;
}

static void add_number(struct line *line, uint64_t number, unsigned base)
{
    char digits[24];
    char *at = digits + sizeof digits - 1;
    *at = '\0';
    do
        *--at = "0123456789abcdef"[number % base];
    while (number /= base);
    add(line, at);
}

static void write_out(int fd, struct line *line)
{
    line->text[line->length++] = '\n';
    for (size_t done = 0; done < line->length;) {
        ssize_t n = write(fd, line->text + done, line->length - done);
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    line->length = 0;
}

static void add_strand(struct line *line, const sn_strand *strand)
{
    const char *name = sn_peek(&strand->name);
    if (strand->is_task) {
        add(line, "task ");
        add_number(line, strand->number, 10);
        add(line, " (");
        add(line, name ? name : "?");
        add(line, ")");
    } else {
        add(line, "thread ");
        add(line, name ? name : "?");
    }
}

struct search {
    uint32_t number;
    const sn_strand *found;
};

static void match(void *low, void *raw)
{
    struct search *search = raw;
    const sn_task *task = sn_task_at(low);
    if (sn_peek(&task->is_alive) && task->strand.number == search->number)
        search->found = &task->strand;
}

static const sn_strand *find_strand(uint32_t number)
{
    struct search search = {number, NULL};
    for (const sn_os *os = sn_os_first(); os; os = os->next)
        if (sn_peek(&os->is_alive) && os->strand.number == number)
            return &os->strand;
    sn_stack_each(match, &search);
    return search.found;
}

static void add_holder(struct line *line, const char *what, const void *object)
{
    if (strcmp(what, "a lock") != 0 && strcmp(what, "an rlock") != 0 && strcmp(what, "the lock of a condition") != 0)
        return;
    uint32_t number = sn_lock_holder(object);
    const sn_strand *holder = number ? find_strand(number) : NULL;
    add(line, ", held by ");
    if (holder)
        add_strand(line, holder);
    else
        add(line, number ? "a strand that has ended" : "nobody");
}

static void write_strand(int fd, const sn_strand *strand)
{
    struct line line = {0};
    const char *what = sn_peek(&strand->waits_for), *site = sn_peek(&strand->site);
    const void *object = sn_peek(&strand->object);
    add(&line, "    ");
    add_strand(&line, strand);
    if (!what) {
        add(&line, " runs, or could");
    } else {
        add(&line, " waits for ");
        add(&line, what);
        if (object) {
            add(&line, " 0x");
            add_number(&line, (uintptr_t)object, 16);
            add_holder(&line, what, object);
        }
        if (site) {
            add(&line, " at ");
            add(&line, site);
        }
    }
    write_out(fd, &line);
}

enum { MOST_TASKS = 200 };

struct tour {
    int fd;
    unsigned tasks;
};

static void visit_task(void *low, void *raw)
{
    struct tour *tour = raw;
    const sn_task *task = sn_task_at(low);
    if (sn_peek(&task->is_alive) && tour->tasks++ < MOST_TASKS)
        write_strand(tour->fd, &task->strand);
}

void sennit_report(int fd)
{
    struct tour tour = {fd, 0};
    for (const sn_os *os = sn_os_first(); os; os = os->next)
        if (sn_peek(&os->is_alive) && !os->is_helper)
            write_strand(fd, &os->strand);
    sn_stack_each(visit_task, &tour);
    if (tour.tasks > MOST_TASKS) {
        struct line line = {0};
        add(&line, "    and ");
        add_number(&line, tour.tasks - MOST_TASKS, 10);
        add(&line, " more tasks");
        write_out(fd, &line);
    }
}

/* timer.c - a binary heap of timers.       Layer: sched.   Checked by: tests/unit/timer.c
 *
 * A heap rather than a timing wheel: deadlines have full precision and no tick, and a million timers are twenty levels.
 */
#include "sched/timer.h"

#include <stdlib.h>

enum { FIRST_ROOM = 64 };

static bool before(const sn_timer *a, const sn_timer *b)
{
    return a->rank != b->rank ? a->rank < b->rank : a->order < b->order;
}

static void put(sn_timer_heap *heap, size_t place, sn_timer *timer)
{
    heap->timers[place] = timer;
    timer->place = place + 1;
}

static void move_up(sn_timer_heap *heap, size_t place, sn_timer *timer)
{
    while (place > 0) {
        size_t parent = (place - 1) / 2;
        if (!before(timer, heap->timers[parent]))
            break;
        put(heap, place, heap->timers[parent]);
        place = parent;
    }
    put(heap, place, timer);
}

static void move_down(sn_timer_heap *heap, size_t place, sn_timer *timer)
{
    for (;;) {
        size_t child = 2 * place + 1;
        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && before(heap->timers[child + 1], heap->timers[child]))
            child++;
        if (!before(heap->timers[child], timer))
            break;
        put(heap, place, heap->timers[child]);
        place = child;
    }
    put(heap, place, timer);
}

bool sn_timer_heap_add(sn_timer_heap *heap, sn_timer *timer)
{
    if (heap->count == heap->room) {
        size_t room = heap->room ? 2 * heap->room : FIRST_ROOM;
        sn_timer **timers = realloc(heap->timers, room * sizeof *timers);
        if (!timers)
            return false;
        heap->timers = timers;
        heap->room = room;
    }
    timer->order = heap->set_before++;
    move_up(heap, heap->count++, timer);
    return true;
}

void sn_timer_heap_remove(sn_timer_heap *heap, sn_timer *timer)
{
    size_t place = timer->place - 1;
    sn_timer *last = heap->timers[--heap->count];
    timer->place = 0;
    if (last == timer)
        return;
    if (place > 0 && before(last, heap->timers[(place - 1) / 2]))
        move_up(heap, place, last);
    else
        move_down(heap, place, last);
}

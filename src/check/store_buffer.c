/* store_buffer.c - stores that their runner has made and the others do not see yet.       Layer: check.
 *                                                                      Checked by: tests/litmus
 * Total store order, as x86 has it: Owens, Sarkar and Sewell, "A better x86 memory model: x86-TSO" (2009). Each runner
 * has a first-in-first-out buffer of plain stores; it sees its own at once, the others once they leave the buffer,
 * which may be at any time. Fences and read-modify-writes wait until it is empty.
 *
 * While a runner is current, its buffered stores lie over memory, so that it reads them by plain loads; when it stops
 * running they are taken out again, and memory holds what everybody sees.
 */
#include "check/machine.h"

#include <string.h>

static uint64_t read_at(const void *at, size_t size)
{
    uint64_t value = 0;
    memcpy(&value, at, size); /* little-endian, as all that we run on */
    return value;
}

static void write_at(void *at, size_t size, uint64_t value)
{
    memcpy(at, &value, size);
}

void sn_buffer_put(sn_runner *self, void *at, size_t size, uint64_t value)
{
    if (self->buffered == SN_MOST_STORES) /* a buffer of the processor's is not endless either */
        sn_buffer_flush_one(self);
    self->buffer[self->buffered++] = (struct sn_stored){at, (uint8_t)size, value, read_at(at, size)};
}

void sn_buffer_drain(sn_runner *self)
{
    self->buffered = 0; /* it is current: its stores lie in memory already */
}

void sn_buffer_leave(sn_runner *self)
{
    for (unsigned i = self->buffered; i-- > 0;)
        write_at(self->buffer[i].at, self->buffer[i].size, self->buffer[i].under);
}

void sn_buffer_enter(sn_runner *self)
{
    for (unsigned i = 0; i < self->buffered; i++) {
        struct sn_stored *stored = &self->buffer[i];
        stored->under = read_at(stored->at, stored->size);
        write_at(stored->at, stored->size, stored->value);
    }
}

void sn_buffer_flush_one(sn_runner *of)
{
    sn_runner *current = sn_machine_->current;
    struct sn_stored oldest = of->buffer[0];
    if (of != current)
        sn_buffer_leave(current);
    else
        sn_buffer_leave(of);
    write_at(oldest.at, oldest.size, oldest.value);
    memmove(of->buffer, of->buffer + 1, --of->buffered * sizeof of->buffer[0]);
    sn_buffer_enter(current);
}

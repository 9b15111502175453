/* fiber.c - see fiber.h.       Layer: fiber. */
#include "fiber/fiber.h"

void sn_fiber_of_thread(sn_fiber *fiber)
{
#if defined SN_ASAN /* nobody else asks, and asking is dear */
    sn_plat_thread_stack(&fiber->low, &fiber->size);
#endif
    sn_annotate_begin(&fiber->annotation, 1);
}

/* A lost wake-up: `make run` runs this a thousand times, and all is well; then `sennit check` shows how it hangs.
 *
 * The host looks whether the guest has rung, and if not, waits for the bell. The mistake: the look and the wait are two
 * blocks. A guest who rings just between them rings for nobody, and the host waits for ever. */
#include <stdbool.h>
#include <stdio.h>
#include <sennit.h>

static sennit_condition bell;
static bool rung;

static void *guest(void *unused)
{
    sennit_with (&bell) {
        rung = true;
        sennit_condition_notify(&bell);
    }
    return unused;
}

int main(void)
{
    bool heard = false;
    sennit_thread *visit = sennit_thread_start(guest, NULL);

    sennit_with (&bell)
        heard = rung;
    if (!heard)
        sennit_with (&bell)
            sennit_condition_wait(&bell);

    sennit_thread_join(visit);
    puts("the door is open");
    return 0;
}

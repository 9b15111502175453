/* Opt-in: the short names, for programs in which they mean nothing else.
 *
 *     #include <sennit/short.h>
 *     async(int, twice, (int, n)) { await(delay(ms(5))); return 2 * n; }
 */
#ifndef SENNIT_SHORT_H
#define SENNIT_SHORT_H

#include <sennit.h>

#define async sennit_async
#define await sennit_await
#define await_status sennit_await_status
#define detach sennit_detach
#define delay sennit_delay
#define with sennit_with
#define ms sennit_ms
#define seconds sennit_seconds
#ifndef __cplusplus
#define try sennit_try
#define catch sennit_catch
#define finally sennit_finally
#define throw sennit_throw
#define kept sennit_kept
#endif

#endif

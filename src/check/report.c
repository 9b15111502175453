#include "check/report.h"
#include "check/token.h"
#include <stdio.h>
void sn_report_failure(const sn_plan *plan, int fd)
{
    char token[512];
    sn_token_write(token, sizeof token, plan);
    dprintf(fd, "sennit: %s in %s: %s; %u deviations; %s\n", sn_verdict_names[plan->verdict], plan->name, plan->result->text, plan->deviation_count, token);
    for (unsigned i = 0; i < plan->trace->count; i++) {
        const sn_event *e = &plan->trace->events[i];
        dprintf(fd, "  T%u.%d %s obj%u %p pc %lx%s\n", sn_actor_id(e->actor), sn_actor_act(e->actor), sn_op_names[e->kind], e->object[0], e->address, e->pc, e->index ? "  <--" : "");
    }
}
void sn_report_passed(const sn_plan *plan, int fd) { dprintf(fd, "%lu\n", plan->schedules); }

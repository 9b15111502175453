/* report.h - what a failure is, for people.       Layer: check. */
#ifndef SN_CHECK_REPORT_H
#define SN_CHECK_REPORT_H

#include "check/plan.h"

/* The cause, the schedule in columns, the nearest one that passes, how often it fails, and how to replay it. */
void sn_report_failure(const sn_plan *plan, int fd);

/* One line: what was explored. */
void sn_report_passed(const sn_plan *plan, int fd);

#endif

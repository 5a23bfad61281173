/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef CANARY_PLAN_COLUMN_H
#define CANARY_PLAN_COLUMN_H

#include "canary/plan.h"
#include "register/yaml_reader.h"

/* One entry of 'columns' of a plan; `lists` is the mapping of word lists, or NULL. */
int canary_read_column(struct yaml_reader *reader, yaml_node_t *node, const yaml_node_t *lists,
                       struct canary_column *out_column) MUST_CHECK;

/* A day, as 2026-03-01. `what` names it. */
int canary_read_day(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                    int32_t *out_day) MUST_CHECK;

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_KIND_CHOICE_H
#define READING_KIND_CHOICE_H

#include "reading/hypothesis.h"

/*
 * Which kind the table is about, of one hypothesis for each kind of the register; KIND_NONE: none
 * explains anything. That which explains most, unless it explains little and another kind's names
 * stand there (`name_columns`, by kind: how many). And unless those subjects are what the rows have
 * in common: lines of declarations show much of their employer and little of the employee, but each
 * line is about another employee, who in the register refers to that employer.
 */
int kind_choose(const struct reg *reg, const struct hypothesis *hypotheses,
                const uint32_t *name_columns, uint8_t *out_kind, struct tq_error *err) MUST_CHECK;

#endif

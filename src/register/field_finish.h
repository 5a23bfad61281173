/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_FIELD_FINISH_H
#define REGISTER_FIELD_FINISH_H

#include "register/register.h"
#include "register/register_file.h"

/*
 * Fill in what follows from the facts and dictionaries of a field: fact_key, key_fingerprint,
 * postings, holders, shareable and the index. Used when a register is assembled and when it is
 * opened. TQ_E_SYNTAX if a number is out of range.
 */
int field_finish(const struct reg *reg, struct field *field, struct register_file *file,
                 struct tq_error *err) MUST_CHECK;

#endif

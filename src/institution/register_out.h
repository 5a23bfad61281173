/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INSTITUTION_REGISTER_OUT_H
#define INSTITUTION_REGISTER_OUT_H

#include "institution/institution.h"

/* Write the register: register.yaml and a table for each history. */
int register_out_write(const struct institution *institution, const char *folder,
                       struct drill_summary *summary, struct tq_error *err) MUST_CHECK;

#endif

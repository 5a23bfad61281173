/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INSTITUTION_LEAK_OUT_H
#define INSTITUTION_LEAK_OUT_H

#include "drill/truth.h"
#include "institution/institution.h"

/* Write a leaked table into the folder `leak`, and the truth about it. */
int leak_out_write(const struct institution *institution, unsigned number, const char *leak,
                   struct truth *truth, struct tq_error *err) MUST_CHECK;

#endif

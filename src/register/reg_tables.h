/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_REG_TABLES_H
#define REGISTER_REG_TABLES_H

#include "register/description.h"
#include "register/register.h"
#include "register/register_file.h"

/* Tell a register which tables it was built from; it has the kinds and fields of the description.
 */
int reg_tables_set(struct reg *reg, const struct description *description,
                   struct tq_error *err) MUST_CHECK;

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_BUILD_SINCE_H
#define REGISTER_BUILD_SINCE_H

#include "register/description.h"
#include "register/register.h"

/*
 * Open the register that a refresh begins with: sealed with this key, from the same description, by
 * the same version of the program, and with its values. TQ_E_USAGE if it is not, with what to do.
 * *out_old is owned; reg_free().
 */
int build_since_open(const char *path, const char *key_path, const struct description *description,
                     struct reg **out_old, struct tq_error *err) MUST_CHECK;

#endif

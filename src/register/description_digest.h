/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_DESCRIPTION_DIGEST_H
#define REGISTER_DESCRIPTION_DIGEST_H

#include "register/description.h"
#include "register/register.h"

/*
 * What a description means, together with the version of the program that acts on it, in a few
 * bytes: two builds of equal digests take the same rows for the same facts. Comments and order of
 * lines do not count, nor do the paths of files and the list of dated exports, which change with
 * every export and are always read whole.
 */
int description_digest(const struct description *description, uint8_t out[REG_SOURCE_BYTES],
                       struct tq_error *err) MUST_CHECK;

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_COMPOUND_COPY_H
#define EXTRACT_COMPOUND_COPY_H

#include "extract/compound.h"
#include "extract/mail_member.h"

/*
 * A storage of a compound file, as a compound file of its own, to the open member of `members`.
 * `list`: the numbers of its entries, `count` of them, itself first, each once. *bytes_left: what
 * its streams may still have, all together; what is beyond is missing. *out_whole: nothing is.
 */
int compound_copy(const struct compound *compound, const uint32_t *list, size_t count,
                  uint64_t *bytes_left, struct mail_members *members, bool *out_whole,
                  struct tq_error *err) MUST_CHECK;

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INQUIRY_EXPANSION_H
#define INQUIRY_EXPANSION_H

#include <stdint.h>

#include "store/case_store.h"

/*
 * How far containers may expand. A nest of archives multiplies: each is small beside what it came
 * out of, all together fill any disk. So everything that comes out of one file, through however
 * many containers, is held to CONTAINER_RATIO_MAX times that file; what is left of it is divided
 * among the containers of the next level by their size. What each may yield is a matter of the
 * evidence alone, not of the order in which it is read.
 *
 * `pending` are positions in `list` of exhibits of one depth, about to be read, when everything
 * less deep was read; out_bytes_max[i] is for pending[i].
 */
int expansion_limits(const char *case_folder, const struct exhibit_list *list,
                     const uint32_t *pending, size_t count, uint64_t *out_bytes_max,
                     struct tq_error *err) MUST_CHECK;

#endif

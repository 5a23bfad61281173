/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_LEAK_CHANNEL_H
#define DRILL_LEAK_CHANNEL_H

#include "drill/leak_names.h"
#include "drill/truth.h"

/* The result.json of a Telegram Desktop export that names the files of the leak. In every other
 * seed it holds an escape that JSON does not allow, as real exports may. */
int leak_channel_write(const struct world *world, const char *leak, const struct leak_names *names,
                       struct truth *truth, struct tq_error *err) MUST_CHECK;

#endif

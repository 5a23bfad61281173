/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "rules/shipped.h"

extern const char rules_generic[], rules_morocco[]; /* made by tools/embed.py */
extern const size_t rules_generic_length, rules_morocco_length;

static const struct shipped_rules shipped[] = {
    {"generic", rules_generic, &rules_generic_length},
    {"morocco", rules_morocco, &rules_morocco_length},
};
const char shipped_rules_list[] = "generic, morocco";

const struct shipped_rules *shipped_rules_find(struct slice name)
{
    for (size_t i = 0; i < sizeof(shipped) / sizeof(shipped[0]); i++) {
        if (slice_is(name, shipped[i].name))
            return &shipped[i];
    }
    return NULL;
}

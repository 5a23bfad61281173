/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The list of profiles. */
#include "institution/profile.h"

#include <string.h>

static const struct profile *const profiles[] = {&profile_university, &profile_clinic,
                                                 &profile_association, NULL};

const struct profile *profile_find(const char *name)
{
    size_t i = 0;

    while (profiles[i] && strcmp(profiles[i]->name, name) != 0)
        i++;
    return profiles[i];
}

const struct profile *profile_at(size_t number)
{
    return number < sizeof(profiles) / sizeof(profiles[0]) ? profiles[number] : NULL;
}

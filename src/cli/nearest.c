/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Optimal string alignment: few words, few letters, asked once before the program ends. */
#include "cli/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static bool same_letter(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

unsigned nearest_distance(const char *a, const char *b)
{
    size_t length_a = strlen(a), length_b = strlen(b);
    unsigned cost[NEAREST_LETTERS_MAX + 1][NEAREST_LETTERS_MAX + 1];

    if (length_a > NEAREST_LETTERS_MAX || length_b > NEAREST_LETTERS_MAX)
        return NEAREST_FAR;
    for (size_t i = 0; i <= length_a; i++) {
        for (size_t k = 0; k <= length_b; k++) {
            if (i == 0 || k == 0) {
                cost[i][k] = (unsigned)(i + k);
                continue;
            }
            cost[i][k] = smaller(cost[i - 1][k], cost[i][k - 1]) + 1;
            cost[i][k] =
                smaller(cost[i][k], cost[i - 1][k - 1] + (same_letter(a[i - 1], b[k - 1]) ? 0 : 1));
            if (i > 1 && k > 1 && same_letter(a[i - 1], b[k - 2])
                && same_letter(a[i - 2], b[k - 1]))
                cost[i][k] = smaller(cost[i][k], cost[i - 2][k - 2] + 1);
        }
    }
    return cost[length_a][length_b];
}

unsigned nearest_limit(const char *name)
{
    return (unsigned)(strlen(name) + 2) / 3;
}

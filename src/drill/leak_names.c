/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the files of the leak are called. */
#include "drill/leak_names.h"

struct leak_names leak_names_draw(const struct world *world)
{
    static const struct leak_names sets[] = {
        {"files/base_1.csv", "files/base_2.csv", "files/lot_b.zip", "files/lot_c.zip",
         "files/lot_c", "lot_b.tar.gz"},
        {"files/liste.csv", "files/liste (1).csv", "files/archive.zip", "files/docs.zip",
         "files/docs", "archive.tar.gz"},
        {"files/part1.csv", "files/part2.csv", "files/part3.zip", "files/part4.zip", "files/part5",
         "part3.tar.gz"},
        {"files/export_a.csv", "files/export_e.csv", "files/txt.zip", "files/pdf_001.zip",
         "files/pdf_002", "txt.tar.gz"},
    };
    struct dice dice = dice_for(world->seed, DICE_NAMES, 0);

    return sets[dice_below(&dice, sizeof(sets) / sizeof(sets[0]))];
}

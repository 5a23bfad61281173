/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Towns and streets. */
#include "drill/place.h"

#define HOUSE_NUMBER_MAX 320

const struct city cities[] = {
    {"Casablanca", 380, 20000}, {"Rabat", 80, 10000},
    {"Salé", 50, 11000},        {"Témara", 22, 12000},
    {"Fès", 60, 30000},         {"Meknès", 40, 50000},
    {"Tanger", 105, 90000},     {"Tétouan", 28, 93000},
    {"Agadir", 70, 80000},      {"Inezgane", 22, 86350},
    {"Taroudant", 14, 83000},   {"Marrakech", 70, 40000},
    {"Oujda", 28, 60000},       {"Berkane", 10, 63300},
    {"Nador", 14, 62000},       {"Kénitra", 32, 14000},
    {"Sidi Kacem", 7, 16000},   {"Safi", 18, 46000},
    {"El Jadida", 22, 24000},   {"Settat", 14, 26000},
    {"Berrechid", 16, 26100},   {"Mohammedia", 24, 28800},
    {"Benslimane", 6, 13000},   {"Khouribga", 12, 25000},
    {"Beni Mellal", 16, 23000}, {"Fquih Ben Salah", 6, 23200},
    {"Khénifra", 6, 54000},     {"Errachidia", 8, 52000},
    {"Ouarzazate", 8, 45000},   {"Tinghir", 4, 45800},
    {"Essaouira", 7, 44000},    {"Larache", 10, 92000},
    {"Al Hoceima", 6, 32000},   {"Taza", 7, 35000},
    {"Ifrane", 3, 53000},       {"Guelmim", 6, 81000},
    {"Tan-Tan", 3, 82000},      {"Laâyoune", 14, 70000},
    {"Dakhla", 9, 73000},       {"Tiznit", 6, 85000},
};
const uint32_t city_count = sizeof(cities) / sizeof(cities[0]);

static const char *const ways[] = {"Rue",  "Avenue", "Bd",        "Hay",      "Lot",
                                   "Derb", "Cité",   "Résidence", "Quartier", "Passage"};
static const char *const way_names[] = {
    "Ibn Sina",     "Al Massira",
    "Essalam",      "Al Wahda",
    "des Orangers", "Oued Sebou",
    "Essaada",      "Atlas",
    "Riad",         "des Roses",
    "Al Amal",      "Souss",
    "Zerktouni",    "Ennasr",
    "Al Qods",      "Toubkal",
    "des Palmiers", "Moulouya",
    "Ibn Batouta",  "El Farah",
    "Annakhil",     "Tansift",
    "Anfa",         "Oum Rabia",
    "Al Andalous",  "des Amandiers",
    "Bouregreg",    "Al Kindi",
    "Ouhoud",       "Ibn Khaldoun",
    "Assafa",       "Al Manar",
    "du Parc",      "de la Gare",
    "Sidi Moumen",  "Al Fath",
    "des Dunes",    "Yacoub El Mansour",
};

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

static void add_address(struct buf *out, struct dice *dice, uint32_t number)
{
    buf_format(out, "%u %s %s", number, ways[dice_below(dice, COUNT(ways))],
               way_names[dice_below(dice, COUNT(way_names))]);
    uint32_t more = dice_below(dice, 10);

    if (more < 3)
        buf_format(out, " Apt %u", 1 + dice_below(dice, 40));
    else if (more == 3)
        buf_format(out, ", Imm %c, N %u", (char)('A' + (int)dice_below(dice, 8)),
                   1 + dice_below(dice, 60));
}

void place_add_address(struct buf *out, struct dice *dice)
{
    add_address(out, dice, 1 + dice_below(dice, HOUSE_NUMBER_MAX));
}

void place_add_unused_address(struct buf *out, struct dice *dice)
{
    add_address(out, dice, HOUSE_NUMBER_MAX + 100 + dice_below(dice, 500));
}

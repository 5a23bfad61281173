/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Values of the register, each made from seed, member and version. */
#include "institution/value.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "drill/identifier.h"
#include "drill/text.h"
#include "institution/member.h"
#include "institution/plain_text.h"

#define KEY_BASE        20000000u
#define VERSIONS        64u /* more than any history has: numbers of versions count on unseen */
#define HOUSE_NUMBERS   250u
#define GHOST_HOUSES    700u /* house numbers that nobody has */
#define SPANISH_ID_MIN  99000000u
#define SPANISH_BANK    9999u
#define ACCOUNT_NUMBERS 10000000000ull
#define PHONE_MIN       100000000u /* of nine digits */

static uint64_t slot_of(uint32_t number, uint32_t version)
{
    return (uint64_t)number * VERSIONS + version % VERSIONS;
}

static struct dice dice_of(const struct institution *institution, const struct member *member,
                           uint32_t version, const struct trait *trait)
{
    size_t number = (size_t)(trait - institution->profile->traits);

    return dice_for(institution->seed, DICE_VALUE,
                    slot_of(member->number, version) * TRAITS_MAX + number);
}

void value_key(const struct institution *institution, const struct member *member, uint32_t version,
               const struct trait *trait, struct buf *out)
{
    (void)version;
    (void)trait;
    text_add_number(out, KEY_BASE + permutation_at(&institution->keys, member->number));
}

void value_family(const struct institution *institution, const struct member *member,
                  uint32_t version, const struct trait *trait, struct buf *out)
{
    const struct profile *profile = institution->profile;
    uint32_t family = member->family[0];

    if (member->ghost) {
        uint32_t count = words_count(&profile->strange);

        buf_add_slice(out, words_at(&profile->strange, member->number % count, trait->script));
        return;
    }
    if (version > 0) {
        struct dice dice =
            dice_for(institution->seed, DICE_RENAMED, slot_of(member->number, version));

        family = lottery_draw(&institution->families, &dice);
    }
    compound_add(&profile->surnames, family, trait->script, out);
}

void value_second_family(const struct institution *institution, const struct member *member,
                         uint32_t version, const struct trait *trait, struct buf *out)
{
    const struct words *strange = &institution->profile->strange;

    (void)version;
    if (member->ghost)
        buf_add_slice(
            out, words_at(strange, (member->number / 3) % words_count(strange), trait->script));
    else
        compound_add(&institution->profile->surnames, member->family[1], trait->script, out);
}

void value_given(const struct institution *institution, const struct member *member,
                 uint32_t version, const struct trait *trait, struct buf *out)
{
    const struct words *given = &institution->profile->given[member->female];

    (void)version;
    buf_add_slice(out, words_at(given, member->given[0], trait->script));
    if (member->given[1] == UINT32_MAX)
        return;
    buf_add_byte(out, ' ');
    buf_add_slice(out, words_at(given, member->given[1], trait->script));
}

void value_sex(const struct institution *institution, const struct member *member, uint32_t version,
               const struct trait *trait, struct buf *out)
{
    (void)institution;
    (void)version;
    buf_add_slice(out, words_at(&trait->words, member->female, SCRIPT_LATIN));
}

/* A ghost's is before anybody's. */
void value_birth(const struct institution *institution, const struct member *member,
                 uint32_t version, const struct trait *trait, struct buf *out)
{
    int32_t before = days_from_civil(institution->profile->birth_first - 25, 1, 1);

    (void)version;
    (void)trait;
    text_add_date(out, member->ghost ? before + 4000 + member->birth % 4000 : member->birth);
}

void value_joined(const struct institution *institution, const struct member *member,
                  uint32_t version, const struct trait *trait, struct buf *out)
{
    struct dice dice = dice_of(institution, member, version, trait);
    int32_t day = member->joined / 1440;

    if (member->joined == institution->span.start)
        day -= (int32_t)dice_below(&dice, 9000);
    text_add_date(out, member->ghost ? day - 12000 : day);
}

void value_spanish_id(const struct institution *institution, const struct member *member,
                      uint32_t version, const struct trait *trait, struct buf *out)
{
    static const char letters[] = "TRWAGMYFPDXBNJZSQVHLCKE";
    uint64_t number = SPANISH_ID_MIN + permutation_at(&institution->cards, member->number);

    (void)version;
    (void)trait;
    text_add_number(out, number);
    buf_add_byte(out, letters[number % 23]);
}

void value_phone(const struct institution *institution, const struct member *member,
                 uint32_t version, const struct trait *trait, struct buf *out)
{
    (void)trait;
    buf_add_text(out, "+999");
    text_add_number(
        out, PHONE_MIN + permutation_at(&institution->phones, slot_of(member->line, version)));
}

void value_email(const struct institution *institution, const struct member *member,
                 uint32_t version, const struct trait *trait, struct buf *out)
{
    struct dice dice = dice_of(institution, member, version, trait);
    TEXT_SCRATCH(name);

    buf_add_slice(&name, words_at(&institution->profile->given[member->female], member->given[0],
                                  SCRIPT_LATIN));
    buf_add_byte(&name, dice_chance(&dice, 0.5) ? '.' : '_');
    compound_add(&institution->profile->surnames, member->family[0], SCRIPT_LATIN, &name);
    plain_add_ascii(out, buf_slice(&name));
    text_add_number(out, member->number * 3ull + version);
    buf_add_byte(out, '@');
    buf_add_text(out, institution->profile->mail_domain);
}

/* Both keys of an account number of 20 digits (weights of the Spanish banks). */
static unsigned spanish_key(const char *ten_digits)
{
    static const unsigned weights[10] = {1, 2, 4, 8, 5, 10, 9, 7, 3, 6};
    unsigned sum = 0;

    for (unsigned i = 0; i < 10; i++)
        sum += (unsigned)(ten_digits[i] - '0') * weights[i];
    sum = 11 - sum % 11;
    return sum == 11 ? 0 : sum == 10 ? 1 : sum;
}

void value_spanish_bank(const struct institution *institution, const struct member *member,
                        uint32_t version, const struct trait *trait, struct buf *out)
{
    uint64_t account = permutation_at(&institution->accounts, slot_of(member->number, version));
    char office[24] = "00", number[24] = "", whole[48];
    char *end = text_put_padded(office + 2, SPANISH_BANK, 4);

    (void)trait;
    text_put_padded(end, account / ACCOUNT_NUMBERS + 1, 4);
    text_put_padded(number, account % ACCOUNT_NUMBERS, 10);
    end = memcpy(whole, office + 2, 8);
    end = text_put_padded(end + 8, spanish_key(office), 1);
    end = text_put_padded(end, spanish_key(number), 1);
    memcpy(end, number, 10);
    memcpy(end + 10, "142800", 7); /* E is 14, S is 28 */
    unsigned check = 98 - identifier_mod97(whole, (int)strlen(whole));

    buf_format(out, "ES%02u%.20s", check, whole);
}

struct home {
    uint32_t town, street, number;
};

static struct home home_of(const struct institution *institution, const struct member *member,
                           uint32_t version)
{
    const struct profile *profile = institution->profile;
    struct dice dice = dice_for(institution->seed, DICE_ADDRESS, slot_of(member->home, version));
    double u = dice_unit(&dice);

    return (struct home){.town = (uint32_t)(u * u * words_count(&profile->towns)),
                         .street = dice_below(&dice, compound_count(&profile->streets)),
                         .number = 1 + dice_below(&dice, HOUSE_NUMBERS)
                                   + (member->ghost ? GHOST_HOUSES : 0)};
}

void value_street(const struct institution *institution, const struct member *member,
                  uint32_t version, const struct trait *trait, struct buf *out)
{
    struct home home = home_of(institution, member, version);

    (void)trait;
    if (strcmp(institution->profile->country, "TN") == 0) { /* the house number stands first */
        text_add_number(out, home.number);
        buf_add_byte(out, ' ');
    }
    compound_add(&institution->profile->streets, home.street, SCRIPT_LATIN, out);
    if (strcmp(institution->profile->country, "TN") != 0) {
        buf_add_byte(out, ' ');
        text_add_number(out, home.number);
    }
}

void value_postal(const struct institution *institution, const struct member *member,
                  uint32_t version, const struct trait *trait, struct buf *out)
{
    const struct profile *profile = institution->profile;
    struct home home = home_of(institution, member, version);

    (void)trait;
    text_add_padded(out, profile->postal_first + home.town * 97 + home.street % 9,
                    profile->postal_digits);
}

void value_town(const struct institution *institution, const struct member *member,
                uint32_t version, const struct trait *trait, struct buf *out)
{
    struct home home = home_of(institution, member, version);

    (void)trait;
    buf_add_slice(out, words_at(&institution->profile->towns, home.town, SCRIPT_LATIN));
}

void value_choice(const struct institution *institution, const struct member *member,
                  uint32_t version, const struct trait *trait, struct buf *out)
{
    struct dice dice = dice_of(institution, member, version, trait);
    double u = dice_unit(&dice);

    buf_add_slice(
        out, words_at(&trait->words, (uint32_t)(u * u * words_count(&trait->words)), SCRIPT_LATIN));
}

void value_amount(const struct institution *institution, const struct member *member,
                  uint32_t version, const struct trait *trait, struct buf *out)
{
    struct dice dice = dice_of(institution, member, version, trait);
    uint32_t steps = (trait->high - trait->low) / trait->step;

    text_add_cents(out, trait->low + (int64_t)trait->step * dice_below(&dice, steps + 1));
}

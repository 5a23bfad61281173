/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/density.h"

#include <inttypes.h>

#include "base/cleanup.h"
#include "normalise/scheme.h"
#include "register/dictionary.h"

#define SAMPLES         400u  /* algorithms.md 1.6 */
#define DATE_DAYS_MAX   4000u /* algorithms.md 1.6 */
#define CHANGES         2
#define CHECK_TRIES_MAX 2000 /* a check of 1 in 97 is met in 500 tries, nearly always */
#define SEED            0x7461687169710001ull

static uint64_t random_next(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15ull; /* SplitMix64 (Steele, Lea, Flood 2014; public domain) */
    return hash_mix(*state);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t count_if(struct slice text, bool (*wanted)(char))
{
    size_t count = 0;

    for (size_t i = 0; i < text.length; i++)
        count += wanted(text.data[i]);
    return count;
}

/* Another digit for a digit, another letter of the same case for a letter. */
static char other_char(char c, uint64_t random)
{
    char first = is_digit(c) ? '0' : (char)(c >= 'a' ? 'a' : 'A');
    int range = is_digit(c) ? 10 : 26;

    return (char)(first + (c - first + 1 + (int)(random % (uint64_t)(range - 1))) % range);
}

static void change_nth(char *text, size_t length, bool (*wanted)(char), size_t nth, uint64_t random)
{
    for (size_t i = 0; i < length; i++) {
        if (!wanted(text[i]) || nth-- > 0)
            continue;
        text[i] = other_char(text[i], random);
        return;
    }
}

/* Two different places changed; false if the text has not two digits, nor two letters. */
static bool alter_text(struct slice value, uint64_t *random, struct buf *out)
{
    bool (*wanted)(char) = count_if(value, is_digit) >= CHANGES ? is_digit : is_letter;
    size_t count = count_if(value, wanted);
    size_t first, second;

    if (count < CHANGES)
        return false;
    buf_empty(out);
    buf_add_slice(out, value);
    if (out->failed < 0)
        return false;
    first = random_next(random) % count;
    second = (first + 1 + random_next(random) % (count - 1)) % count;
    change_nth(out->data, out->length, wanted, first, random_next(random));
    change_nth(out->data, out->length, wanted, second, random_next(random));
    return true;
}

/* Dates of the register are numbers of days: altered as such. */
static void alter_date(struct slice canonical, uint64_t *random, struct buf *out)
{
    uint64_t step = random_next(random);
    int64_t days = 1 + (int64_t)((step >> 1) % DATE_DAYS_MAX);

    buf_empty(out);
    buf_add_u64(out, (uint64_t)(canonical_number(canonical) + (step & 1 ? days : -days)));
}

static bool alter_checked(struct slice value, const struct scheme *scheme, uint64_t *random,
                          struct buf *out)
{
    if (!scheme || !scheme_accepts(scheme, value))
        return alter_text(value, random, out);
    for (int i = 0; i < CHECK_TRIES_MAX; i++) {
        if (!alter_text(value, random, out))
            return false;
        if (scheme_accepts(scheme, buf_slice(out)))
            return true;
    }
    return false;
}

/* The canonical form of an altered value in `out`; false if it has none. */
static bool altered_form(const struct reg *reg, const struct field *field, uint32_t value,
                         uint64_t *random, struct buf *altered, struct buf *out)
{
    const struct scheme *scheme = field->check ? scheme_find(slice_of(field->check)) : NULL;

    if (field->form == FORM_DATE) {
        alter_date(field_key_text(field, field_value_key(field, value)), random, out);
        return true;
    }
    if (!alter_checked(field_value_text(field, value), scheme, random, altered))
        return false;
    buf_empty(out);
    return normalise(&reg->normaliser, normalise_register_as(field->type), buf_slice(altered), out);
}

/* Values of which an altered form was made, and the forms. */
struct sample {
    struct dictionary forms;
    uint32_t value[SAMPLES], form[SAMPLES];
    uint32_t count;
};

static void sample_clear_cleanup(struct sample *sample)
{
    dictionary_clear(&sample->forms);
}

static int sample_make(const struct reg *reg, const struct field *field, struct sample *sample,
                       struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf altered = {0};
    CLEANUP(buf_clear_cleanup) struct buf form = {0};
    uint32_t wanted = field->value_count < SAMPLES ? field->value_count : SAMPLES;
    uint64_t random = SEED;

    for (uint32_t i = 0; i < wanted; i++) {
        uint32_t value = (uint32_t)((uint64_t)i * field->value_count / wanted);
        int r;

        if (!altered_form(reg, field, value, &random, &altered, &form) || form.failed < 0)
            continue;
        r = dictionary_add(&sample->forms, buf_slice(&form), &sample->form[sample->count], err);
        if (r < 0)
            return r;
        sample->value[sample->count++] = value;
    }
    return buf_check(&altered, err) < 0 ? err->status : buf_check(&form, err);
}

/* The key of each form, or KEY_NONE. */
static void find_keys(const struct field *field, const struct sample *sample, uint32_t *out_keys)
{
    for (uint32_t i = 0; i < sample->forms.count; i++)
        out_keys[i] = KEY_NONE;
    for (uint32_t key = 0; key < field->key_count; key++) {
        struct slice text = field_key_text(field, key);
        uint32_t form = dictionary_find(&sample->forms, text, dictionary_hash(text));

        if (form != TEXT_NONE)
            out_keys[form] = key;
    }
}

int density_measure(const struct reg *reg, const struct field *field, double *out_density,
                    struct tq_error *err)
{
    CLEANUP(sample_clear_cleanup) struct sample sample = {0};
    uint32_t keys[SAMPLES], tried = 0, hits = 0;
    int r = sample_make(reg, field, &sample, err);

    if (r < 0)
        return r;
    find_keys(field, &sample, keys);
    for (uint32_t i = 0; i < sample.count; i++) {
        uint32_t key = keys[sample.form[i]];

        if (key == field_value_key(field, sample.value[i]))
            continue; /* only the spelling changed */
        tried++;
        hits += key != KEY_NONE;
    }
    *out_density = tried ? (double)hits / tried : 1;
    return TQ_OK;
}

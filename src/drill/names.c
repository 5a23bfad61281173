/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Given names as compiled in, family names composed from them. */
#include "drill/names.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/cleanup.h"

extern const char names_ma_tsv[];
extern const size_t names_ma_tsv_length;

#define FAMILIES_MAX       24000u
#define RESERVED_FAMILIES  1500u
#define GIVEN_MAX          200u
#define ROOTS_MAX          400u
#define COMPOSED_WANTED    20500u
#define NAME_BYTES_MAX     64u
#define VARIANT_LENGTH_MIN 3u

struct pair {
    const char *latin, *arabic;
};

static const struct pair prefixes[] = {
    {"El ", "ال"},        {"Ait ", "آيت "}, {"Ben", "بن"},  {"Bou", "بو"},
    {"Oulad ", "أولاد "}, {"Bel", "بل"},    {"Id ", "إد "}, {"Ou", "أو"},
};

static const struct pair letters[] = {
    {"b", "ب"}, {"t", "ت"}, {"j", "ج"},  {"h", "ح"},  {"d", "د"}, {"r", "ر"},
    {"z", "ز"}, {"s", "س"}, {"f", "ف"},  {"ch", "ش"}, {"k", "ك"}, {"l", "ل"},
    {"m", "م"}, {"n", "ن"}, {"gh", "غ"}, {"kh", "خ"},
};
#define LETTERS (sizeof(letters) / sizeof(letters[0]))

/* How three root letters become a name: what stands before, between and after them. */
static const struct pair patterns[][4] = {
    {{"", ""}, {"a", ""}, {"", ""}, {"i", "ي"}},
    {{"", ""}, {"a", ""}, {"", ""}, {"aoui", "اوي"}},
    {{"", ""}, {"ou", "و"}, {"a", "ا"}, {"", ""}},
    {{"", ""}, {"e", ""}, {"", ""}, {"ane", "ان"}},
    {{"", ""}, {"a", "ا"}, {"i", "ي"}, {"i", "ي"}},
    {{"", ""}, {"i", ""}, {"", ""}, {"ou", "و"}},
    {{"", ""}, {"a", ""}, {"", ""}, {"ouch", "وش"}},
};
#define PATTERNS (sizeof(patterns) / sizeof(patterns[0]))

static const char *keep(struct names *names, const char *text)
{
    return arena_text(&names->arena, slice_of(text));
}

static uint32_t weight_of(struct slice class)
{
    if (slice_is(class, "A"))
        return 8;
    if (slice_is(class, "B"))
        return 4;
    return slice_is(class, "C") ? 2 : 1;
}

/* Take the next field of a tab-separated line off its front. */
static struct slice next_field(struct slice *line)
{
    const char *tab = line->length ? memchr(line->data, '\t', line->length) : NULL;
    struct slice field = slice_make(line->data, tab ? (size_t)(tab - line->data) : line->length);

    *line = slice_skip(*line, field.length + 1);
    return field;
}

/* Spellings so short or so far from the name that no reader would take them for it are dropped:
 * the drill's truth calls a variant what an expert would. */
static bool variant_is_usable(struct slice name, struct slice variant)
{
    size_t longer = name.length > variant.length ? name.length : variant.length;
    size_t shorter = name.length + variant.length - longer;

    return variant.length >= VARIANT_LENGTH_MIN && shorter * 10 >= longer * 6;
}

static const char *usable_variants(struct names *names, struct slice name, struct slice variants)
{
    struct buf text CLEANUP(buf_clear_cleanup) = {0};

    while (variants.length > 0) {
        const char *bar = memchr(variants.data, '|', variants.length);
        struct slice one =
            slice_make(variants.data, bar ? (size_t)(bar - variants.data) : variants.length);

        variants = slice_skip(variants, one.length + 1);
        if (!variant_is_usable(name, one) || slice_equal(name, one))
            continue;
        if (text.length > 0)
            buf_add_byte(&text, '|');
        buf_add_slice(&text, one);
    }
    return text.failed ? NULL : arena_text(&names->arena, buf_slice(&text));
}

static int add_line(struct names *names, struct slice line, struct tq_error *err)
{
    struct slice type = next_field(&line), latin = next_field(&line), arabic = next_field(&line),
                 variants = next_field(&line), class = next_field(&line);
    struct name name = {arena_text(&names->arena, latin), arena_text(&names->arena, arabic),
                        usable_variants(names, latin, variants), weight_of(class)};

    if (!name.latin || !name.arabic || !name.variants)
        return tq_no_memory(err);
    if (slice_is(type, "S")) {
        if (names->family_count < FAMILIES_MAX)
            names->family[names->family_count++] = name;
        return TQ_OK;
    }
    unsigned sex = slice_is(type, "F");

    if (names->given_count[sex] < GIVEN_MAX)
        names->given[sex][names->given_count[sex]++] = name;
    return TQ_OK;
}

static int read_table(struct names *names, struct tq_error *err)
{
    struct slice rest = slice_make(names_ma_tsv, names_ma_tsv_length);

    while (rest.length > 0) {
        const char *end = memchr(rest.data, '\n', rest.length);
        struct slice line = slice_make(rest.data, end ? (size_t)(end - rest.data) : rest.length);

        rest = slice_skip(rest, line.length + 1);
        if (line.length == 0 || line.data[0] == '#')
            continue;
        int r = add_line(names, line, err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int add_family(struct names *names, const char *latin, const char *arabic,
                      struct tq_error *err)
{
    struct name name = {keep(names, latin), keep(names, arabic), "", 1};

    if (!name.latin || !name.arabic)
        return tq_no_memory(err);
    if (names->family_count < FAMILIES_MAX)
        names->family[names->family_count++] = name;
    return TQ_OK;
}

/* Prefix and root; glued prefixes take the root in lower case. */
static int add_prefixed(struct names *names, const struct pair *prefix, const char *latin,
                        const char *arabic, struct tq_error *err)
{
    char in_latin[NAME_BYTES_MAX], in_arabic[NAME_BYTES_MAX];
    size_t length = strlen(prefix->latin);
    bool glued = prefix->latin[length - 1] != ' ';

    if (length + strlen(latin) >= NAME_BYTES_MAX
        || strlen(prefix->arabic) + strlen(arabic) >= NAME_BYTES_MAX)
        return TQ_OK;
    stpcpy(stpcpy(in_latin, prefix->latin), latin);
    stpcpy(stpcpy(in_arabic, prefix->arabic), arabic);
    if (glued)
        in_latin[length] = (char)tolower((unsigned char)in_latin[length]);
    return add_family(names, in_latin, in_arabic, err);
}

static bool has_prefix(const char *latin)
{
    static const char *const starts[] = {"El ", "Ait ", "Ben", "Bou", "Bel", "Ou", "Oulad"};

    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
        if (strncmp(latin, starts[i], strlen(starts[i])) == 0)
            return true;
    return strchr(latin, ' ') != NULL || strncmp(latin, "Abd", 3) == 0;
}

/* "Ben" + Moussa and the like: given names make family names. */
static int compose_from_given(struct names *names, struct tq_error *err)
{
    for (size_t p = 1; p < sizeof(prefixes) / sizeof(prefixes[0]); p++) {
        for (uint32_t i = 0; i < names->given_count[0]; i++) {
            const struct name *root = &names->given[0][i];

            if (has_prefix(root->latin))
                continue;
            int r = add_prefixed(names, &prefixes[p], root->latin, root->arabic, err);

            if (r < 0)
                return r;
        }
    }
    return TQ_OK;
}

/* The number-th name made of three root letters; false if its letters do not go together. */
static bool compose_root(uint32_t number, char *latin, char *arabic)
{
    uint32_t pattern = number % PATTERNS, rest = number / (uint32_t)PATTERNS;
    uint32_t a = rest % LETTERS, b = rest / LETTERS % LETTERS, c = rest / (LETTERS * LETTERS);
    const struct pair *between = patterns[pattern];

    if (a == b || b == c || a == c)
        return false;
    const struct pair *parts[7] = {&between[0], &letters[a], &between[1], &letters[b],
                                   &between[2], &letters[c], &between[3]};

    for (size_t i = 0; i < 7; i++) {
        latin = stpcpy(latin, parts[i]->latin);
        arabic = stpcpy(arabic, parts[i]->arabic);
    }
    return true;
}

/* Which sort a root belongs to: the reserved ones share no root with the others, so that they are
 * no spelling of any name in use. */
static bool root_is_reserved(uint32_t number)
{
    return dice_mix(number / PATTERNS + 77) % 8 == 0;
}

static int compose_from_roots(struct names *names, bool reserved, uint32_t wanted,
                              struct tq_error *err)
{
    uint32_t total = (uint32_t)(LETTERS * LETTERS * LETTERS * PATTERNS);
    uint32_t made = 0;

    for (uint32_t i = 0; made < wanted && i < total; i++) {
        /* 7919 is prime to `total`: a walk over all of them in scattered order. */
        uint32_t number = (uint32_t)((uint64_t)i * 7919 % total);
        char latin[NAME_BYTES_MAX], arabic[NAME_BYTES_MAX];

        if (root_is_reserved(number) != reserved || !compose_root(number, latin, arabic))
            continue;
        uint32_t choice = (uint32_t)(dice_mix(number + 5) % 16);

        latin[0] = (char)toupper((unsigned char)latin[0]);
        int r = choice < sizeof(prefixes) / sizeof(prefixes[0])
                    ? add_prefixed(names, &prefixes[choice], latin, arabic, err)
                    : add_family(names, latin, arabic, err);

        if (r < 0)
            return r;
        made++;
    }
    return TQ_OK;
}

/* Zipf-Mandelbrot, f(r) ~ 1/(r + 15)^.95 (domain.md 3.6, confidence L), in integers. */
static int make_lotteries(struct names *names, uint32_t drawable, struct tq_error *err)
{
    uint32_t *weights CLEANUP(free_cleanup) = alloc_zeroed(drawable, sizeof(*weights));

    if (!weights)
        return tq_no_memory(err);
    for (uint32_t rank = 0; rank < drawable; rank++)
        weights[rank] = 3000000 / (rank + 15) + 10; /* exponent 1 and a floor: as near as L is */
    int r = lottery_init(&names->family_lottery, weights, drawable, err);

    for (unsigned sex = 0; r == TQ_OK && sex < 2; sex++) {
        for (uint32_t i = 0; i < names->given_count[sex]; i++)
            weights[i] = names->given[sex][i].weight;
        r = lottery_init(&names->given_lottery[sex], weights, names->given_count[sex], err);
    }
    return r;
}

static int order_by_weight(const void *a, const void *b)
{
    const struct name *x = a, *y = b;

    if (x->weight != y->weight)
        return x->weight < y->weight ? 1 : -1;
    return strcmp(x->latin, y->latin);
}

static int names_fill(struct names *names, struct tq_error *err)
{
    names->family = arena_alloc(&names->arena, FAMILIES_MAX, sizeof(*names->family));
    names->given[0] = arena_alloc(&names->arena, GIVEN_MAX, sizeof(struct name));
    names->given[1] = arena_alloc(&names->arena, GIVEN_MAX, sizeof(struct name));
    if (!names->family || !names->given[0] || !names->given[1])
        return tq_no_memory(err);
    int r = read_table(names, err);

    if (r < 0)
        return r;
    qsort(names->family, names->family_count, sizeof(*names->family), order_by_weight);
    r = compose_from_given(names, err);
    if (r < 0)
        return r;
    r = compose_from_roots(names, false, COMPOSED_WANTED, err);
    if (r < 0)
        return r;
    uint32_t drawable = names->family_count;

    r = compose_from_roots(names, true, RESERVED_FAMILIES, err);
    if (r < 0)
        return r;
    names->family_reserved = names->family_count - drawable;
    names->family_count = drawable;
    return make_lotteries(names, drawable, err);
}

int names_load(struct names *names, struct tq_error *err)
{
    struct names made = {0};
    int r = names_fill(&made, err);

    if (r < 0) {
        names_clear(&made);
        return r;
    }
    *names = made;
    return TQ_OK;
}

void names_clear(struct names *names)
{
    lottery_clear(&names->family_lottery);
    lottery_clear(&names->given_lottery[0]);
    lottery_clear(&names->given_lottery[1]);
    arena_clear(&names->arena);
    *names = (struct names){0};
}

/* Levenshtein distance of the letters, stopped by length: names are short. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[NAME_BYTES_MAX + 1];
    size_t a_length = strnlen(a, NAME_BYTES_MAX), b_length = strnlen(b, NAME_BYTES_MAX);

    for (size_t j = 0; j <= b_length; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned diagonal = row[0];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            unsigned change =
                diagonal + (tolower((unsigned char)a[i - 1]) != tolower((unsigned char)b[j - 1]));
            unsigned best = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;

            diagonal = row[j];
            row[j] = change < best ? change : best;
        }
    }
    return row[b_length];
}

bool names_are_near(const char *a, const char *b)
{
    return a[0] == b[0] || distance(a, b) <= 3;
}

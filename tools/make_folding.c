/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Writes src/normalise/folding_table.c from ICU: what text_fold() makes of each code point below
 * U+20000. Run it by hand after a change of the rules or of the Unicode version:
 *
 *   cc tools/make_folding.c -o /tmp/make_folding $(pkg-config --cflags --libs icu-uc)
 *   /tmp/make_folding > src/normalise/folding_table.c
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#define CODE_POINTS    0x20000
#define BLOCK          64
#define BLOCKS         (CODE_POINTS / BLOCK)
#define SEQUENCE_FIRST 0xE000
#define SEQUENCES_MAX  4096
#define TARGETS_MAX    32

enum {
    FOLD_SPACE,
    FOLD_DROP,
    FOLD_KEEP
};

static unsigned short entry[CODE_POINTS];
static unsigned block_of[BLOCKS], block_first[BLOCKS], block_count;
static unsigned sequence[SEQUENCES_MAX][TARGETS_MAX], sequence_length[SEQUENCES_MAX];
static unsigned sequence_count;

static bool is_one_of(UChar32 c, const UChar32 *set, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (set[i] == c)
            return true;
    }
    return false;
}

/* Signs that stand inside a word without dividing it. */
static bool is_apostrophe(UChar32 c)
{
    static const UChar32 set[] = {'\'',   '`',    0xB4,   0x2B9,  0x2BB, 0x2BC,  0x2BD,
                                  0x2BE,  0x2BF,  0x2C8,  0x2CA,  0x2CB, 0x2018, 0x2019,
                                  0x201A, 0x201B, 0x2032, 0x2035, 0x55A, 0x5F3,  0xA78C,
                                  0xFF07, 0x640,  0x6E5,  0x6E6};

    return is_one_of(c, set, sizeof(set) / sizeof(*set));
}

/* Letters that Unicode does not decompose but that people write plainly. */
static const struct {
    UChar32 from;
    const char *to;
} plain_latin[] = {{0xDF, "ss"}, {0xE6, "ae"},  {0xF8, "o"},  {0xF0, "d"},  {0xFE, "th"},
                   {0x111, "d"}, {0x127, "h"},  {0x131, "i"}, {0x138, "k"}, {0x142, "l"},
                   {0x14B, "n"}, {0x153, "oe"}, {0x167, "t"}, {0x180, "b"}, {0x19A, "l"},
                   {0x1E5, "g"}, {0x247, "e"},  {0x249, "j"}, {0x24D, "r"}, {0x24F, "y"}};

static UChar32 unify(UChar32 c)
{
    switch (c) {
    case 0x3C2: /* final sigma */
        return 0x3C3;
    case 0x671: /* alef wasla and the alefs of other alphabets */
    case 0x672:
    case 0x673:
    case 0x675:
        return 0x627;
    case 0x629: /* ta marbuta, and the hehs of Persian and Urdu */
    case 0x6BE:
    case 0x6C0:
    case 0x6C1:
    case 0x6C2:
    case 0x6C3:
    case 0x6D5:
        return 0x647;
    case 0x649: /* alef maqsura, Persian yeh */
    case 0x6CC:
    case 0x6D2:
        return 0x64A;
    case 0x6A9: /* Persian kaf */
        return 0x643;
    default:
        return c;
    }
}

static bool is_word_part(UChar32 c)
{
    return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_MC_MASK)) != 0;
}

static bool is_dropped(UChar32 c)
{
    return (U_GET_GC_MASK(c) & (U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CF_MASK)) != 0
           || is_apostrophe(c);
}

static void add_target(unsigned *targets, unsigned *count, UChar32 c)
{
    if (is_dropped(c))
        return;
    if (!is_word_part(c)) {
        targets[(*count)++] = ' ';
        return;
    }
    if (u_charType(c) == U_DECIMAL_DIGIT_NUMBER) {
        targets[(*count)++] = (unsigned)('0' + u_charDigitValue(c));
        return;
    }
    c = unify(u_tolower(c));
    for (size_t i = 0; i < sizeof(plain_latin) / sizeof(*plain_latin); i++) {
        if (plain_latin[i].from == c) {
            for (const char *p = plain_latin[i].to; *p; p++)
                targets[(*count)++] = (unsigned char)*p;
            return;
        }
    }
    targets[(*count)++] = (unsigned)c;
}

static unsigned short sequence_entry(const unsigned *targets, unsigned count)
{
    for (unsigned i = 0; i < sequence_count; i++) {
        if (sequence_length[i] == count
            && memcmp(sequence[i], targets, count * sizeof(*targets)) == 0)
            return (unsigned short)(SEQUENCE_FIRST + i);
    }
    if (sequence_count == SEQUENCES_MAX)
        exit(1);
    memcpy(sequence[sequence_count], targets, count * sizeof(*targets));
    sequence_length[sequence_count] = count;
    return (unsigned short)(SEQUENCE_FIRST + sequence_count++);
}

static unsigned short fold(const UNormalizer2 *nfkd, UChar32 c)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar parts[TARGETS_MAX];
    unsigned targets[2 * TARGETS_MAX], count = 0;
    int32_t length, i = 0;

    if (is_apostrophe(c))
        return FOLD_DROP;
    length = unorm2_getDecomposition(nfkd, c, parts, TARGETS_MAX, &status);
    if (length < 0) {
        add_target(targets, &count, c);
    } else {
        while (i < length) {
            UChar32 part;

            U16_NEXT(parts, i, length, part);
            add_target(targets, &count, part);
        }
    }
    if (count == 0)
        return FOLD_DROP;
    if (count == 1 && targets[0] == ' ')
        return FOLD_SPACE;
    if (count == 1 && targets[0] == (unsigned)c)
        return FOLD_KEEP;
    if (count == 1 && targets[0] < SEQUENCE_FIRST)
        return (unsigned short)targets[0];
    return sequence_entry(targets, count);
}

static void make_blocks(void)
{
    for (unsigned b = 0; b < BLOCKS; b++) {
        unsigned i = 0;

        while (i < block_count
               && memcmp(entry + block_first[i] * BLOCK, entry + b * BLOCK, BLOCK * 2) != 0)
            i++;
        if (i == block_count)
            block_first[block_count++] = b;
        block_of[b] = i;
    }
}

static void print_number(unsigned value, unsigned *column)
{
    char text[16];
    int length = snprintf(text, sizeof(text), "%u,", value);

    if (*column == 0 || *column + (unsigned)length > 98) {
        printf("%s   ", *column == 0 ? "" : "\n");
        *column = 3;
    }
    printf(" %s", text);
    *column += (unsigned)length + 1;
}

static void print_tables(void)
{
    unsigned column = 0, offset = 0;

    printf("const uint16_t folding_block[%u] = {\n", BLOCKS);
    for (unsigned i = 0; i < BLOCKS; i++)
        print_number(block_of[i], &column);
    printf("\n};\n\nconst uint16_t folding_entry[%u] = {\n", block_count * BLOCK);
    column = 0;
    for (unsigned i = 0; i < block_count * BLOCK; i++)
        print_number(entry[block_first[i / BLOCK] * BLOCK + i % BLOCK], &column);
    printf("\n};\n\nconst uint16_t folding_sequence[%u] = {\n", sequence_count + 1);
    column = 0;
    for (unsigned i = 0; i <= sequence_count; i++) {
        print_number(offset, &column);
        offset += i < sequence_count ? sequence_length[i] : 0;
    }
    printf("\n};\n\nconst uint32_t folding_target[%u] = {\n", offset);
    column = 0;
    for (unsigned i = 0; i < sequence_count; i++) {
        for (unsigned k = 0; k < sequence_length[i]; k++)
            print_number(sequence[i][k], &column);
    }
    printf("\n};\n");
}

int main(void)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkd = unorm2_getNFKDInstance(&status);

    if (U_FAILURE(status))
        return 1;
    for (UChar32 c = 0; c < CODE_POINTS; c++)
        entry[c] = c >= 0xAC00 && c <= 0xD7A3 ? FOLD_KEEP /* Hangul is decomposed by rule */
                                              : fold(nfkd, c);
    make_blocks();
    if (block_count > 65535) {
        fprintf(stderr, "%u blocks do not fit 16 bits\n", block_count);
        return 1;
    }
    printf("/* SPDX-License-Identifier: AGPL-3.0-or-later */\n"
           "/* Made by tools/make_folding.c from Unicode %s; do not edit. */\n"
           "/* clang-format off */\n#include \"normalise/folding.h\"\n\n",
           U_UNICODE_VERSION);
    print_tables();
    fprintf(stderr, "%u blocks, %u sequences\n", block_count, sequence_count);
    return 0;
}

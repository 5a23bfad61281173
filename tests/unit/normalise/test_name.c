/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "normalise/name.h"
#include "normalise/name_likeness.h"
#include "normalise/name_word.h"
#include "normalise/text.h"

#define NAMES_MAX 512

static struct {
    int group;
    char name[64];
    char key[64];
} names[NAMES_MAX];
static size_t name_count;

static void key_of(const char *text, char *out, size_t size, bool in_any_order)
{
    CLEANUP(buf_clear_cleanup) struct buf key = {0};

    if (in_any_order)
        name_key_tokens(slice_of(text), false, &key);
    else
        name_key_joined(slice_of(text), &key);
    (void)snprintf(out, size, "%s", key.length ? key.data : "");
}

static int load_names(void **state)
{
    CLEANUP(fclose_cleanup) FILE *file = fopen(TESTS_DATA "/name_variants.tsv", "r");

    (void)state;
    if (!file)
        return -1;
    while (name_count < NAMES_MAX
           && fscanf(file, "%d\t%63[^\n]\n", &names[name_count].group, names[name_count].name)
                  == 2) {
        key_of(names[name_count].name, names[name_count].key, sizeof(names[0].key), false);
        name_count++;
    }
    return 0;
}

/* Shares of the pairs of one group, and of two, that `equal` takes for one name. */
static void measure(bool (*equal)(size_t, size_t), const char *what, double *recall,
                    double *false_rate)
{
    unsigned same = 0, found = 0, different = 0, wrong = 0;

    for (size_t i = 0; i < name_count; i++) {
        for (size_t k = i + 1; k < name_count; k++) {
            bool is_same = names[i].group == names[k].group, is_equal = equal(i, k);

            if (is_equal != is_same && getenv("SHOW_PAIRS"))
                print_message("%s %s: %s / %s\n", what, is_same ? "missed" : "wrong", names[i].name,
                              names[k].name);
            same += is_same;
            different += !is_same;
            found += is_same && is_equal;
            wrong += !is_same && is_equal;
        }
    }
    *recall = (double)found / same;
    *false_rate = (double)wrong / different;
    print_message("%s: recall %.4f, false %.5f\n", what, *recall, *false_rate);
}

static bool same_key(size_t i, size_t k)
{
    return strcmp(names[i].key, names[k].key) == 0;
}

static bool is_variant(size_t i, size_t k)
{
    return name_likeness(slice_of(names[i].name), slice_of(names[k].name)) >= NAME_SLIPPED;
}

static void spellings_of_a_name_share_their_key(void **state)
{
    double recall, false_rate;

    (void)state;
    assert_int_equal(name_count, 259);
    measure(same_key, "key", &recall, &false_rate);
    assert_true(recall >= .93);
    assert_true(false_rate <= .0025);
}

static void spellings_of_a_name_are_variants(void **state)
{
    double recall, false_rate;

    (void)state;
    measure(is_variant, "variant", &recall, &false_rate);
    assert_true(recall >= .96);
    assert_true(false_rate <= .002);
}

static void arabic_and_latin_script_share_keys(void **state)
{
    CLEANUP(fclose_cleanup) FILE *file = fopen(TESTS_DATA "/names_ma.tsv", "r");
    char line[512];
    unsigned count = 0, equal = 0;

    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof(line), file)) {
        char latin[128], arabic[128], key_a[128], key_b[128];

        if (line[0] == '#')
            continue;
        assert_int_equal(sscanf(line, "%*[^\t]\t%127[^\t]\t%127[^\t]", latin, arabic), 2);
        key_of(latin, key_a, sizeof(key_a), false);
        key_of(arabic, key_b, sizeof(key_b), false);
        count++;
        equal += strcmp(key_a, key_b) == 0;
        if (strcmp(key_a, key_b) != 0 && getenv("SHOW_PAIRS"))
            print_message("%s %s: %s %s\n", latin, arabic, key_a, key_b);
    }
    print_message("Arabic: %u of %u\n", equal, count);
    assert_true(equal * 100 >= count * 90);
}

static void the_tables_of_words_are_in_order(void **state)
{
    (void)state;
    assert_true(name_word_tables_are_sorted());
}

static void order_and_spacing_do_not_matter_for_tokens(void **state)
{
    char a[128], b[128];

    (void)state;
    key_of("EL FASSI Mohamed Amine", a, sizeof(a), true);
    key_of("Amine Mohammed, El-Fassi", b, sizeof(b), true);
    assert_string_equal(a, b);
    key_of("Elfassi Med Amine", b, sizeof(b), true);
    assert_string_equal(a, b);
    key_of("محمد أمين الفاسي", b, sizeof(b), true);
    assert_string_equal(a, b);
    key_of("Ben Ali Abd El Kader", a, sizeof(a), true);
    key_of("ABDELKADER BENALI", b, sizeof(b), true);
    assert_string_equal(a, b);
}

static void what_is_no_name_has_no_key(void **state)
{
    char key[128];

    (void)state;
    key_of("12345", key, sizeof(key), false);
    assert_string_equal(key, "");
    key_of("...", key, sizeof(key), true);
    assert_string_equal(key, "");
    key_of("", key, sizeof(key), true);
    assert_string_equal(key, "");
}

static bool variant(const char *a, const char *b)
{
    return name_likeness(slice_of(a), slice_of(b)) == NAME_RESPELT;
}

static void variants_match_word_by_word(void **state)
{
    (void)state;
    assert_true(variant("Mohamed El Amrani", "AMRANI Mohammed"));
    assert_true(variant("Fatima Zahra", "Fatimazahra"));
    assert_true(variant("محمد", "Mohamed"));
    assert_true(variant("Guesmi", "Kesmi"));
    assert_true(variant("Ouslati", "Weslati"));
    assert_true(variant("Oussama", "Usama"));
    assert_true(variant("Echebbi", "Chabbi"));
    assert_true(variant("Iskander", "Skander"));
    assert_true(variant("اسكندر", "Skander"));
    assert_false(variant("Mohamed", "Mohamed Amine"));
    assert_false(variant("Said", "Souad"));
    assert_false(variant("", ""));
    assert_false(variant("Karim", "Rachid"));
}

struct likeness_case {
    const char *name, *whole;
    enum name_likeness wanted;
};

static void expect(const struct likeness_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum name_likeness found = name_likeness(slice_of(cases[i].name), slice_of(cases[i].whole));

        if (found != cases[i].wanted)
            fail_msg("'%s' against '%s' is %d, not %d", cases[i].name, cases[i].whole, (int)found,
                     (int)cases[i].wanted);
    }
}

#define EXPECT(cases) expect(cases, sizeof(cases) / sizeof((cases)[0]))

static void a_part_lacks_words(void **state)
{
    static const struct likeness_case cases[] = {
        {"Mohamed", "Mohammed Amine", NAME_LACKS_WORDS},
        {"Alaoui", "El Alaoui Idrissi", NAME_LACKS_WORDS},
        {"Mohamed Amine", "Mohamed Amine", NAME_RESPELT},
        {"Karim", "Mohamed Amine", NAME_DIFFERS},
        {"", "Mohamed Amine", NAME_DIFFERS},
        {"12", "Mohamed Amine", NAME_DIFFERS},
    };

    (void)state;
    EXPECT(cases);
}

static void a_slip_is_looked_for_word_by_word(void **state)
{
    static const struct likeness_case cases[] = {
        {"KARIN WBER", "Weber Karin", NAME_SLIPPED},
        {"MIA MSIER", "Maier Mia", NAME_SLIPPED},
        {"Tlli", "Tuili", NAME_DIFFERS},
        {"Ina", "Eva", NAME_DIFFERS},
        {"KSRIM WBER", "Weber Karim", NAME_DIFFERS}, /* two slips */
        {"Schwarz Christian", "Schwarz Horst", NAME_DIFFERS},
        {"Weidenlechner Inge", "Weidenlechner Jürgen", NAME_DIFFERS},
    };

    (void)state;
    EXPECT(cases);
}

static void a_slip_shows_across_scripts(void **state)
{
    static const struct likeness_case cases[] = {
        {"AYMEN SOFIENE CHAOCUH", "شاوش أيمن سفيان", NAME_SLIPPED},
        {"Marbouk", "مبروك", NAME_SLIPPED},
        {"Drora", "درة", NAME_SLIPPED},
        {"AMINE BNE ZAYDOUI", "بن زيدوي أمين", NAME_RESPELT},
        {"CHIRAZ OUDL RABAH", "ولد رابح شيراز", NAME_SLIPPED},
        {"Moncef", "كريم", NAME_DIFFERS},
        {"Tarek", "كريم", NAME_DIFFERS},
        {"بوفج", "بوفرج", NAME_RESPELT},
        {"KAIM OULD ROMDHAN", "ولد رمضان كريم", NAME_SLIPPED},
    };

    (void)state;
    EXPECT(cases);
}

static void short_forms_are_told_from_other_names(void **state)
{
    static const struct likeness_case cases[] = {
        {"D.", "Daniel", NAME_HAS_INITIALS},
        {"P. PFAFFENMANN", "Pfaffenmann Petra", NAME_HAS_INITIALS},
        {"R. Pfaffenmann", "Pfaffenmann Petra", NAME_DIFFERS},
        {"H.", "حنان سلمى", NAME_HAS_INITIALS},
        {"Y. TLILI", "التليلي يوسف", NAME_HAS_INITIALS},
        {"Fco. García", "García Francisco", NAME_RESPELT},
        {"Mª Luisa", "María Luisa", NAME_RESPELT},
        {"Md", "Mohamed", NAME_RESPELT},
        {"Gayego", "Gallego", NAME_RESPELT},
        {"Ana", "Antonia", NAME_DIFFERS},
        {"Ochsenhofer Ilse", "Ochsenhofer Birgit Irmgard", NAME_DIFFERS},
        {"HICHE", "الشعبان هشام وليد", NAME_CUT},
        {"Ben Kha", "بن خليل", NAME_CUT},
        {"Boufr", "بوفرج", NAME_CUT},
    };

    (void)state;
    EXPECT(cases);
}

static void particles_are_joined_alike_in_both_scripts(void **state)
{
    static const struct {
        const char *latin, *arabic;
    } names_of_both[] = {
        {"Ben El Jamil", "بن الجميل"},
        {"Ben Naceur", "بن ناصر"},
        {"Ben Nasr", "بن نصر"},
        {"Ould Rabah", "ولد رابح"},
        {"Najet", "نجاة"},
        {"Hayat", "حياة"},
        {"Ben Elfassi", "بن الفاسي"},
        {"Ben El Nouri", "بن النوري"},
        {"Ibn Badis", "بن باديس"},
    };
    char a[128], b[128];

    (void)state;
    for (size_t i = 0; i < sizeof(names_of_both) / sizeof(names_of_both[0]); i++) {
        key_of(names_of_both[i].latin, a, sizeof(a), true);
        key_of(names_of_both[i].arabic, b, sizeof(b), true);
        assert_string_equal(a, b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings_of_a_name_share_their_key),
        cmocka_unit_test(spellings_of_a_name_are_variants),
        cmocka_unit_test(arabic_and_latin_script_share_keys),
        cmocka_unit_test(the_tables_of_words_are_in_order),
        cmocka_unit_test(order_and_spacing_do_not_matter_for_tokens),
        cmocka_unit_test(what_is_no_name_has_no_key),
        cmocka_unit_test(variants_match_word_by_word),
        cmocka_unit_test(a_part_lacks_words),
        cmocka_unit_test(a_slip_is_looked_for_word_by_word),
        cmocka_unit_test(a_slip_shows_across_scripts),
        cmocka_unit_test(short_forms_are_told_from_other_names),
        cmocka_unit_test(particles_are_joined_alike_in_both_scripts),
    };

    return cmocka_run_group_tests(tests, load_names, NULL);
}

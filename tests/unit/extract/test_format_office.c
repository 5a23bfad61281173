/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "recorder.h"

static void read_sample(struct recorder *recorder, const char *name)
{
    struct buf sample = corpus_load(name);

    assert_int_equal(recorder_read(recorder, buf_slice(&sample), "x.zip"), TQ_OK);
    buf_clear(&sample);
}

static void cells_come_out_as_a_reader_sees_them(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "office/plain.xlsx");
    assert_true(recorder_has(&recorder, "type xlsx\n"));
    assert_true(recorder_has(&recorder, "table Agents [matricule] [nom] [date] [taux] [tel]\n"));
    assert_true(recorder_has(
        &recorder, "row 1 @4 0 | 00042 | ALAOUI | 2024-01-01 | 12.34% | 06 12 34 56 78\n"));
    assert_true(recorder_has(
        &recorder, "row 2 @5 0 | 00043 | ALAOUI | 2024-01-01 12:00:00 | TRUE | 06 12 34 56 78\n"));
    assert_true(recorder_has(&recorder, "row 3 @6 1 | =1+1 | a\\u{0009}b | #N/A |  | 7\n"));
    recorder_clear(&recorder);
}

static void what_an_analyst_must_know_of_a_sheet_is_noted(void **state)
{
    static const char *const notes[] = {
        "note @1 title or remark row, not a record\n",
        "note @7 total row, not a record\n",
        "note @6 cells past the last column of the table were joined to it\n",
        "a sheet has 1 hidden rows: they were read as the others\n",
        "a sheet has 2 hidden columns: they were read as the others\n",
        "a sheet has 1 cells in merged areas: the area's value was repeated there\n",
        "a sheet has 1 formulas without a result: the formula itself was taken\n",
        "1 hidden sheets: they were read as the others\n",
    };
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "office/plain.xlsx");
    for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
        assert_true(recorder_has(&recorder, notes[i]));
    recorder_clear(&recorder);
}

static void a_workbook_gives_its_other_tables_its_comments_and_its_pictures(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "office/plain.xlsx");
    assert_true(recorder_has(&recorder, "table Agents:2 [code] [ville]\n"));
    assert_true(recorder_has(&recorder, "row 5 @11 0 | 13 | Taza\n"));
    assert_true(recorder_has(&recorder, "table Caché [] []\n"));
    assert_true(recorder_has(&recorder, "row 6 @1 0 | 1 | x\n"));
    assert_true(recorder_has(&recorder, "page 1 2 words: voir ALAOUI\n"));
    assert_true(recorder_has(&recorder, "fact author = Service RH\n"));
    assert_true(recorder_has(&recorder, "member xl/media/image1.png\nend 5 bytes, whole\n"));
    assert_int_equal(recorder.members, 1);
    recorder_clear(&recorder);
}

static void what_stands_beside_the_records_is_text_of_its_row(void **state)
{
    static const char *const samples[] = {"office/asides.xlsx", "office/asides.ods"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct recorder recorder = {0};

        read_sample(&recorder, samples[i]);
        assert_true(recorder_has(&recorder, "table Paie [matricule] [nom] [ville] [brut]\n"));
        assert_int_equal(recorder.rows, 3);
        assert_true(recorder_has(&recorder, "aside 1@1: Extrait, voir Mr RAMI, CIN AB123456\n"));
        assert_true(recorder_has(&recorder, "aside 1@7: Total 9003\n"));
        assert_true(recorder_has(&recorder, "aside 1@9: Fait par le service paie\n"));
        assert_true(recorder_has(&recorder, "aside 1@5: voir EF111222\n"));
        assert_true(recorder_has(&recorder, "aside 2@1: Note interne pour Mme NAJI, CIN CD654321"));
        assert_int_equal(recorder.tables, 1);
        assert_int_equal(recorder.pages, 0);
        if (i == 0)
            assert_true(recorder_has(&recorder, "aside 1@6: demande à GH333444\n"));
        recorder_clear(&recorder);
    }
}

static void tables_side_by_side_and_turned_round_are_told_apart(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "office/beside.xlsx");
    assert_true(recorder_has(&recorder, "table Deux [id] [nom] [ville]\n"));
    assert_true(recorder_has(&recorder, "row 3 @4 0 | 803 | SAID | Fes\ntable Deux:2 [code] [tel]\n"
                                        "row 4 @2 0 | C0 | 0612345670\n"));
    assert_true(recorder_has(&recorder, "table Trois:3 [id] [nom] [ville]\n"));
    assert_true(recorder_has(&recorder, "note @0 3 tables have others beside them"));
    assert_true(recorder_has(&recorder, "table Trou [id] [nom] [] [ville] [tel]\n"));
    assert_true(recorder_has(&recorder, "table Fiches [Nom] [Prénom] [CIN] [Né le] [Ville]\n"));
    assert_true(recorder_has(&recorder, "| NAJI | Sara | CD67890 | 03/04/1990 | Taza\n"));
    assert_true(recorder_has(&recorder, "table Groupes [matricule] [Assuré nom] [Assuré prénom] "
                                        "[Employeur nom] [Employeur ville]\n"));
    recorder_clear(&recorder);
}

static void a_binary_workbook_reads_like_others(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "office/plain.xlsb");
    assert_true(recorder_has(&recorder, "type xlsb\n"));
    assert_true(
        recorder_has(&recorder, "table Agents [matricule] [nom] [date] [actif] [montant]\n"));
    assert_true(
        recorder_has(&recorder, "row 1 @2 0 | 00042 | العمراني 😀 | 2024-01-01 | TRUE | 43.5\n"));
    assert_true(
        recorder_has(&recorder, "@3 0 | 00043 | étiquette | 2024-01-01 12:00:00 | #N/A | 43.5\n"));
    assert_true(recorder_has(&recorder, "calculé | FALSE | #DIV/0!"));
    assert_true(recorder_has(&recorder, "table Caché [] []\n"));
    assert_true(recorder_has(&recorder, "1 hidden sheets: they were read as the others\n"));
    assert_true(recorder_has(&recorder, "a sheet has 1 hidden rows"));
    assert_true(recorder_has(&recorder, "a sheet has 2 hidden columns"));
    assert_true(recorder_has(&recorder, "a sheet has 1 cells in merged areas"));
    assert_true(recorder_has(&recorder, "a sheet has 1 cells whose text is not in the file"));
    assert_int_equal(recorder.members, 0);
    recorder_clear(&recorder);
}

static void a_shared_text_may_be_empty(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "office/empty.xlsb");
    assert_true(recorder_has(&recorder, "table Agents [] [nom] [date] [actif] [montant]\n"));
    recorder_clear(&recorder);
}

static void strict_names_with_prefixes_and_days_from_1904_are_known(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "office/strict.xlsx");
    assert_true(recorder_has(&recorder, "row 1 @1 0 | 1904-01-01 | 2024-03-05\n"));
    recorder_clear(&recorder);
}

static void cells_far_out_cost_nothing(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "office/sparse.xlsx");
    assert_true(recorder_has(&recorder, "row 1 @1048576 1 | 1 | 2\n"));
    assert_true(recorder_has(&recorder, "row 2 @1048577 0 | 3 | \n"));
    assert_true(recorder_has(&recorder, "row 3 @1048578 0 |  | 4\n"));
    recorder_clear(&recorder);
}

static void entities_do_not_explode(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "office/entities.xlsx");
    assert_true(recorder_has(&recorder, "a sheet that the workbook does not list was read"));
    assert_true(recorder_has(&recorder, "limit on input amplification factor"));
    recorder_clear(&recorder);
}

static void cells_of_opendocument_are_the_same(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "office/plain.ods");
    assert_true(recorder_has(&recorder, "type ods\n"));
    assert_true(recorder_has(&recorder, "table Agents [matricule] [nom] [né] [taux] [heure]\n"));
    assert_true(
        recorder_has(&recorder, "row 1 @2 0 | 00042 | ALA OUI | 2024-01-01 | 12.34% | 08:30:00\n"));
    assert_true(recorder_has(&recorder, "row 2 @3 0 | 43 | ALA OUI | 7 | 7 | 7\n"));
    assert_true(recorder_has(&recorder, "row 5 @3 0 | 1 | 2\n"));
    assert_true(recorder_has(&recorder, "1 hidden sheets"));
    recorder_clear(&recorder);
}

static void repeated_rows_and_cells_are_capped(void **state)
{
    struct recorder recorder = {.quiet = true};
    struct recorder notes = {0};

    (void)state;
    read_sample(&recorder, "office/bomb.ods");
    assert_true(recorder.rows > 0 && recorder.rows < 1000);
    recorder_clear(&recorder);
    read_sample(&notes, "office/bomb.ods");
    assert_true(recorder_has(&notes, "rows or cells that repeat others were left out\n"));
    recorder_clear(&notes);
}

static void documents_give_their_text_in_order_and_long_tables_as_records(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "office/plain.docx");
    assert_true(recorder_has(
        &recorder, "page 1 9 words: Nom ALAOUI une fois mois brut 2024-01 dedans pied\n"));
    assert_true(recorder_has(&recorder, "note @0 text that was deleted"));
    assert_true(recorder_has(&recorder, "table table1 [cin] [nom] [ville]\n"));
    assert_true(recorder_has(&recorder, "row 24 @25 0 | AB0024 | NOM24 | Fès\n"));
    assert_true(recorder_has(&recorder, "member word/embeddings/book.xlsx\n"));
    assert_int_equal(recorder.members, 1);
    recorder_clear(&recorder);

    read_sample(&recorder, "office/plain.odt");
    assert_true(
        recorder_has(&recorder, "words: Attestation Nom : ALAOUI ancien mois brut 2024-01 3000\n"));
    recorder_clear(&recorder);
}

static void slides_are_pages_in_the_order_in_which_they_are_shown(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "office/plain.pptx");
    assert_true(recorder_has(&recorder, "page 1 1 words: première\npage 2 1 words: dernière\n"));
    assert_int_equal(recorder.pages, 2);
    recorder_clear(&recorder);
}

static void other_archives_are_left_to_the_format_of_archives(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "archive/names.zip");
    assert_true(recorder_has(&recorder, "type zip\n"));
    recorder_clear(&recorder);
}

static void limits_of_containers_hold_for_parts(void **state)
{
    struct extract_limits limits = extract_limits_default;
    struct recorder recorder = {0};
    struct buf sample = corpus_load("office/plain.xlsx");

    (void)state;
    limits.member_bytes_max = 300;
    assert_int_equal(recorder_read_by(&recorder, &format_office, buf_slice(&sample), &limits),
                     TQ_OK);
    assert_true(recorder_has(&recorder, "it expands more than it may"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void drawings_and_printed_pages_are_text(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "office/plain.vsdx");
    assert_string_equal(recorder.log.data,
                        "type vsdx\n"
                        "page 1 5 words: omar@example.invalid Adresse ALAOUI Omar agent\n"
                        "page 2 1 words: Directrice\n");
    recorder_clear(&recorder);

    read_sample(&recorder, "office/plain.xps");
    assert_string_equal(recorder.log.data, "type xps\n"
                                           "page 1 3 words: ALAOUI Omar {AB600001}\n");
    recorder_clear(&recorder);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    static const char *const names[] = {
        "office/plain.xlsx",  "office/strict.xlsx", "office/sparse.xlsx", "office/plain.ods",
        "office/asides.xlsx", "office/asides.ods",  "office/beside.xlsx", "office/plain.odt",
        "office/plain.docx",  "office/plain.pptx",  "office/plain.xlsb",  "office/plain.vsdx",
        "office/plain.xps"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct buf sample = corpus_load(names[i]);

        torture(buf_slice(&sample), "x.zip", (unsigned)sample.length, (unsigned)sample.length);
        buf_clear(&sample);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_come_out_as_a_reader_sees_them),
        cmocka_unit_test(what_an_analyst_must_know_of_a_sheet_is_noted),
        cmocka_unit_test(a_workbook_gives_its_other_tables_its_comments_and_its_pictures),
        cmocka_unit_test(what_stands_beside_the_records_is_text_of_its_row),
        cmocka_unit_test(tables_side_by_side_and_turned_round_are_told_apart),
        cmocka_unit_test(a_binary_workbook_reads_like_others),
        cmocka_unit_test(a_shared_text_may_be_empty),
        cmocka_unit_test(strict_names_with_prefixes_and_days_from_1904_are_known),
        cmocka_unit_test(cells_far_out_cost_nothing),
        cmocka_unit_test(entities_do_not_explode),
        cmocka_unit_test(cells_of_opendocument_are_the_same),
        cmocka_unit_test(repeated_rows_and_cells_are_capped),
        cmocka_unit_test(documents_give_their_text_in_order_and_long_tables_as_records),
        cmocka_unit_test(slides_are_pages_in_the_order_in_which_they_are_shown),
        cmocka_unit_test(other_archives_are_left_to_the_format_of_archives),
        cmocka_unit_test(limits_of_containers_hold_for_parts),
        cmocka_unit_test(drawings_and_printed_pages_are_text),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

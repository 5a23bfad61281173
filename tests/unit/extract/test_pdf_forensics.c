/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "extract/kept_words.h"
#include "extract/pdf_structure.h"
#include "recorder.h"

#define OBJECTS_MAX 16u

/* A PDF being written, revision by revision, with its table of references. */
struct writing {
    struct buf bytes;
    size_t offsets[OBJECTS_MAX];
    bool changed[OBJECTS_MAX]; /* in this revision */
    size_t table;              /* of the revision before; 0: none */
};

static void write_object(struct writing *pdf, unsigned number, const char *body)
{
    pdf->offsets[number] = pdf->bytes.length;
    pdf->changed[number] = true;
    buf_format(&pdf->bytes, "%u 0 obj\n%s\nendobj\n", number, body);
}

static void write_content(struct writing *pdf, unsigned number, const char *content)
{
    char body[1024];

    (void)snprintf(body, sizeof(body), "<< /Length %zu >>\nstream\n%s\nendstream", strlen(content),
                   content);
    write_object(pdf, number, body);
}

static void write_end(struct writing *pdf, const char *trailer)
{
    size_t table = pdf->bytes.length;

    buf_add_text(&pdf->bytes, "xref\n0 1\n0000000000 65535 f \n");
    for (unsigned i = 1; i < OBJECTS_MAX; i++) {
        if (pdf->changed[i])
            buf_format(&pdf->bytes, "%u 1\n%010zu 00000 n \n", i, pdf->offsets[i]);
        pdf->changed[i] = false;
    }
    buf_format(&pdf->bytes, "trailer\n<< /Size %u /Root 1 0 R /Info 6 0 R %s", OBJECTS_MAX,
               trailer);
    if (pdf->table > 0)
        buf_format(&pdf->bytes, " /Prev %zu", pdf->table);
    buf_format(&pdf->bytes, " >>\nstartxref\n%zu\n%%%%EOF\n", table);
    pdf->table = table;
}

/* One page that says "Salaire 4210,00". */
static struct writing first_revision(const char *trailer)
{
    struct writing pdf = {.table = 0};

    buf_add_text(&pdf.bytes, "%PDF-1.4\n");
    write_object(&pdf, 1, "<< /Type /Catalog /Pages 2 0 R >>");
    write_object(&pdf, 2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    write_object(&pdf, 3,
                 "<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 595.276 841.89 ] /Contents 5 0 R\n"
                 "/Resources << /Font << /F1 4 0 R >> >> >>");
    write_object(&pdf, 4, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
    write_content(&pdf, 5,
                  "BT /F1 12 Tf 50 700 Td (Salaire) Tj ET\n"
                  "BT /F1 12 Tf 150 700 Td (4210,00) Tj ET");
    write_object(&pdf, 6,
                 "<< /Producer (Etats) /CreationDate (D:20240304101112Z) "
                 "/ModDate (D:20240304101112Z) >>");
    write_end(&pdf, trailer);
    return pdf;
}

static void replace_salary(struct writing *pdf)
{
    write_content(pdf, 5,
                  "BT /F1 12 Tf 50 700 Td (Salaire) Tj ET\n"
                  "BT /F1 12 Tf 150 700 Td (9210,00) Tj ET");
    write_end(pdf, "/ID [<00aa><00AB>]");
}

static void read_pdf(struct writing *pdf, struct recorder *recorder)
{
    assert_int_equal(recorder_read(recorder, buf_slice(&pdf->bytes), "x.pdf"), TQ_OK);
    buf_clear(&pdf->bytes);
}

static void a_file_that_was_never_updated_has_one_revision(void **state)
{
    struct writing pdf = first_revision("/ID [(ab)(ab)]");
    struct recorder recorder = {0};

    (void)state;
    read_pdf(&pdf, &recorder);
    assert_true(recorder_has(&recorder, "fact pdf.structure = revisions=1;signed=0;form=0;linear=0;"
                                        "id=6162,6162;page=595.28x841.89;fonts=Helvetica*0\n"));
    assert_false(recorder_has(&recorder, "pdf.edit"));
    recorder_clear(&recorder);
}

static void the_text_before_an_update_is_shown(void **state)
{
    struct writing pdf = first_revision("");
    struct recorder recorder = {0};

    (void)state;
    replace_salary(&pdf);
    read_pdf(&pdf, &recorder);
    assert_true(recorder_has(&recorder, "revisions=2;"));
    assert_true(recorder_has(&recorder, "id=00aa,00ab;"));
    assert_true(recorder_has(&recorder, "Salaire 9210,00"));
    assert_true(recorder_has(
        &recorder,
        "fact pdf.edit = updated\\u{0009}2\\u{0009}1\\u{0009}4210,00\\u{0009}9210,00\n"));
    assert_int_equal(recorder.pages, 1);
    recorder_clear(&recorder);
}

static void each_update_is_compared_with_the_one_before(void **state)
{
    struct writing pdf = first_revision("");
    struct recorder recorder = {0};

    (void)state;
    replace_salary(&pdf);
    write_object(&pdf, 6, "<< /Producer (Other) >>");
    write_end(&pdf, "");
    read_pdf(&pdf, &recorder);
    assert_true(recorder_has(&recorder, "revisions=3;"));
    assert_true(recorder_has(
        &recorder,
        "fact pdf.edit = updated\\u{0009}2\\u{0009}1\\u{0009}4210,00\\u{0009}9210,00\n"));
    assert_false(recorder_has(&recorder, "updated\\u{0009}3"));
    recorder_clear(&recorder);
}

static void a_text_drawn_over_another_is_found(void **state)
{
    struct writing pdf = first_revision("");
    struct recorder recorder = {0};

    (void)state;
    write_content(&pdf, 5,
                  "BT /F1 12 Tf 50 700 Td (Salaire) Tj ET\n"
                  "BT /F1 12 Tf 150 700 Td (4210,00) Tj ET\n"
                  "1 1 1 rg 148 696 60 14 re f 0 g BT /F1 12 Tf 150 700.5 Td (9999,99) Tj ET");
    write_end(&pdf, "");
    read_pdf(&pdf, &recorder);
    assert_true(
        recorder_has(&recorder, "covered\\u{0009}0\\u{0009}1\\u{0009}4210,00\\u{0009}9999,99\n"));
    recorder_clear(&recorder);
}

/* Digits of one number: typed over in another font; raised, as a note is; in another subset. */
static void a_number_in_several_fonts_is_found(void **state)
{
    static const struct {
        const char *content;
        bool is_mixed;
    } cases[] = {
        {"BT /F1 12 Tf 150 700 Td (42) Tj /F2 12 Tf (9) Tj /F1 12 Tf (0,00) Tj ET", true},
        {"BT /F1 12 Tf 150 700 Td (4210) Tj /F1 6 Tf 4 Ts (1) Tj ET", false},
        {"BT /F1 12 Tf 150 700 Td (No) Tj /F2 12 Tf (4210,00) Tj ET", false},
        {"BT /F3 12 Tf 150 700 Td (42) Tj /F4 12 Tf (10,00) Tj ET", true},
        {"BT /F1 12 Tf 150 700 Td (Salaire) Tj /F2 12 Tf ( 4210,00) Tj ET", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct writing pdf = first_revision("");
        struct recorder recorder = {0};

        write_object(&pdf, 3,
                     "<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 595 842 ] /Contents 5 0 R\n"
                     "/Resources << /Font << /F1 4 0 R /F2 7 0 R /F3 8 0 R /F4 9 0 R >> >> >>");
        write_object(&pdf, 7, "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>");
        write_object(&pdf, 8, "<< /Type /Font /Subtype /Type1 /BaseFont /ABCDEF+Helvetica >>");
        write_object(&pdf, 9, "<< /Type /Font /Subtype /Type1 /BaseFont /GHIJKL+Helvetica >>");
        write_content(&pdf, 5, cases[i].content);
        write_end(&pdf, "");
        read_pdf(&pdf, &recorder);
        if (recorder_has(&recorder, "pdf.edit = mixed") != cases[i].is_mixed)
            fail_msg("case %zu", i);
        recorder_clear(&recorder);
    }
}

static void the_second_account_is_told(void **state)
{
    static const char packet[] = "<rdf:Description><pdf:Producer>Server</pdf:Producer>"
                                 "<xmp:CreateDate>2024-03-04</xmp:CreateDate></rdf:Description>";
    struct writing pdf = first_revision("");
    struct recorder recorder = {0};

    (void)state;
    write_object(&pdf, 1, "<< /Type /Catalog /Pages 2 0 R /Metadata 7 0 R >>");
    write_content(&pdf, 7, packet);
    write_end(&pdf, "");
    read_pdf(&pdf, &recorder);
    assert_true(recorder_has(&recorder, "fact pdf.xmp = Server\\u{0009}\\u{0009}2024-03-04"
                                        "\\u{0009}\\u{0009}\n"));
    recorder_clear(&recorder);
}

/* A page of lines of six words; each letter of `text` is one, from left to right. */
static struct edit_list find_edits(struct page_word *words, uint32_t count, const char *text)
{
    struct page page = {1, 600, 800, count, words, text, (uint32_t)strlen(text)};
    struct edit_list edits = {.count = 0};
    struct tq_error err;

    assert_int_equal(page_find_edits(&page, &edits, &err), TQ_OK);
    return edits;
}

static void words_beside_their_line_are_found(void **state)
{
    struct page_word words[12];
    struct edit_list edits;

    (void)state;
    for (uint32_t i = 0; i < 12; i++) {
        float x = 50.0f + 80.0f * (float)(i % 6), y = 100.0f + 17.0f * (float)(i / 6);

        words[i] = (struct page_word){x, y, x + 60, y + 10, i, 1};
    }
    assert_int_equal(find_edits(words, 12, "abcdefghijkl").count, 0);
    words[8].y0 += 0.8f;
    words[8].y1 += 0.8f;
    edits = find_edits(words, 12, "abcdefghijkl");
    assert_int_equal(edits.count, 1);
    assert_int_equal(edits.items[0].kind, EDIT_OFF_LINE);
    assert_true(slice_is(edits.items[0].after, "i"));
    words[8].y1 += 4; /* of another size: its box says nothing of its line */
    assert_int_equal(find_edits(words, 12, "abcdefghijkl").count, 0);
}

static void words_anywhere_are_compared(void **state)
{
    struct page_word words[] = {{50, -1e30f, 60, 1e30f, 0, 1},
                                {50, __builtin_nanf(""), 60, 10, 1, 1},
                                {50, __builtin_inff(), 60, __builtin_inff(), 2, 1},
                                {50, 700, 60, 710, 3, 1},
                                {51, 701, 61, 711, 4, 1},
                                {51, 701, 61, 711, 4, 1}};
    struct edit_list edits = find_edits(words, 6, "abcde");

    (void)state;
    assert_int_equal(edits.count, 3); /* d under both e, and beside their line */
    assert_int_equal(edits.items[0].kind, EDIT_OVERWRITTEN);
    assert_int_equal(edits.items[2].kind, EDIT_OFF_LINE);
    assert_int_equal(find_edits(words, 0, "").count, 0);
}

/* What a scan says of a text that is no whole PDF. */
static struct document_structure scan(const char *text)
{
    struct pdf_structure structure;

    pdf_structure_scan(slice_of(text), &structure);
    return structure.found;
}

static void an_end_that_points_nowhere_is_no_revision(void **state)
{
    (void)state;
    assert_int_equal(scan("%PDF-1.4\nxref\nstartxref\n9\n%%EOF\n").revisions, 1);
    assert_int_equal(scan("%PDF-1.4\n12 0 obj\nstartxref\n9\n%%EOF").revisions, 1);
    assert_int_equal(scan("%PDF-1.4\nxref\nstartxref\n0\n%%EOF\n").revisions, 0);
    assert_int_equal(
        scan("%PDF-1.4\nxref\nstartxref\n8\n%%EOFxref\nstartxref\n99\n%%EOF\n").revisions, 1);
    assert_int_equal(scan("%PDF-1.4\nxref\nstartxref\n99999999999999\n%%EOF").revisions, 0);
    assert_int_equal(scan("%%EOF").revisions, 0);
    assert_int_equal(scan("").revisions, 0);
}

static void fonts_are_told_by_name_and_subsets(void **state)
{
    struct document_structure found =
        scan("/BaseFont /RNRJIK+Sans /BaseFont/ABCDEF+Sans /BaseFont /RNRJIK+Sans "
             "/BaseFont /Arial,Bold /BaseFont 3 /BaseFont / /BaseFont /abcdef+Odd");

    (void)state;
    assert_int_equal(found.font_count, 3);
    assert_string_equal(found.fonts[0].name, "Arial");
    assert_int_equal(found.fonts[0].subsets, 0);
    assert_string_equal(found.fonts[1].name, "Sans");
    assert_int_equal(found.fonts[1].subsets, 2);
    assert_string_equal(found.fonts[2].name, "abcdef+Odd");
}

static void the_structure_survives_the_wire(void **state)
{
    struct document_structure found = {.revisions = 3,
                                       .is_signed = true,
                                       .is_linear = true,
                                       .id = {"00ff", "1234"},
                                       .width = 595.28,
                                       .height = 841.89,
                                       .font_count = 2,
                                       .fonts = {{"Arial", 0}, {"Sans", 2}}};
    struct document_structure again;
    struct buf text = {0};

    (void)state;
    document_structure_format(&found, &text);
    assert_true(document_structure_parse(buf_slice(&text), &again));
    assert_memory_equal(&found, &again, sizeof(found));
    for (size_t length = 0; length < text.length; length++)
        (void)document_structure_parse(slice_make(text.data, length), &again);
    for (size_t i = 0; i < text.length; i++) {
        text.data[i] ^= 0x15;
        (void)document_structure_parse(buf_slice(&text), &again);
        text.data[i] ^= 0x15;
    }
    assert_false(document_structure_parse(SLICE_LITERAL("revisions=65;signed=0;form=0;linear=0;"
                                                        "id=,;page=0.00x0.00;fonts="),
                                          &again));
    buf_clear(&text);
}

static void an_edit_survives_the_wire_without_its_tabs(void **state)
{
    struct document_edit edit = {EDIT_COVERED, 2, 7, SLICE_LITERAL("a\tb"), SLICE_LITERAL("c")};
    struct document_edit again;
    struct buf text = {0};

    (void)state;
    document_edit_format(&edit, &text);
    assert_true(document_edit_parse(buf_slice(&text), &again));
    assert_int_equal(again.kind, EDIT_COVERED);
    assert_int_equal(again.page, 7);
    assert_true(slice_is(again.before, "a b"));
    assert_true(slice_is(again.after, "c"));
    assert_false(document_edit_parse(SLICE_LITERAL("covered\t2\t7\ta\tb\tc"), &again));
    assert_false(document_edit_parse(SLICE_LITERAL("painted\t2\t7\ta\tb"), &again));
    buf_clear(&text);
}

static void damaged_updates_are_read_to_the_end(void **state)
{
    struct writing pdf = first_revision("/ID [(ab)(ab)]");

    (void)state;
    replace_salary(&pdf);
    torture(buf_slice(&pdf.bytes), "x.pdf", (unsigned)pdf.bytes.length, 200);
    buf_clear(&pdf.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_was_never_updated_has_one_revision),
        cmocka_unit_test(the_text_before_an_update_is_shown),
        cmocka_unit_test(each_update_is_compared_with_the_one_before),
        cmocka_unit_test(a_text_drawn_over_another_is_found),
        cmocka_unit_test(a_number_in_several_fonts_is_found),
        cmocka_unit_test(the_second_account_is_told),
        cmocka_unit_test(words_beside_their_line_are_found),
        cmocka_unit_test(words_anywhere_are_compared),
        cmocka_unit_test(an_end_that_points_nowhere_is_no_revision),
        cmocka_unit_test(fonts_are_told_by_name_and_subsets),
        cmocka_unit_test(the_structure_survives_the_wire),
        cmocka_unit_test(an_edit_survives_the_wire_without_its_tabs),
        cmocka_unit_test(damaged_updates_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

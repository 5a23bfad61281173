/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "extract/pdf_pages.h"
#include "recorder.h"

#define WIDE 842
#define HIGH 595

/* Two lines of a list of three columns, as they are on a sheet of WIDE by HIGH. */
static const struct {
    int x, y;
    const char *text;
} cells[] = {{50, 500, "10001"}, {150, 500, "EL AMRANI"}, {400, 500, "12/03/1985"},
             {50, 480, "10002"}, {150, 480, "TAZI"},      {400, 480, "01/11/1979"}};

static const char upright[] = "842x595 10001@50,84 EL@150,84 AMRANI@165,84 12/03/1985@400,84 "
                              "10002@50,104 TAZI@150,104 01/11/1979@400,104 ";

/* The list turned to the left by quarters, about a corner of the sheet. */
static void write_cells(struct buf *content, unsigned quarters)
{
    static const int cosine[] = {1, 0, -1, 0}, sine[] = {0, 1, 0, -1};
    int c = cosine[quarters], s = sine[quarters];

    buf_format(content, "BT /F 10 Tf\n");
    for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
        int x = c * cells[i].x - s * cells[i].y, y = s * cells[i].x + c * cells[i].y;

        x += quarters == 1 ? HIGH : quarters == 2 ? WIDE : 0;
        y += quarters == 2 ? HIGH : quarters == 3 ? WIDE : 0;
        buf_format(content, "%d %d %d %d %d %d Tm (%s) Tj\n", c, s, -s, c, x, y, cells[i].text);
    }
    buf_format(content, "ET\n");
}

/* A document of one page. Its table of references is left to be made again. */
static void write_document(struct buf *pdf, struct slice content, unsigned quarters, int rotate)
{
    buf_format(pdf, "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n");
    buf_format(pdf,
               "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Rotate %d/Contents 4 0 R"
               "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n",
               quarters % 2 ? HIGH : WIDE, quarters % 2 ? WIDE : HIGH, rotate);
    buf_format(pdf, "4 0 obj<</Length %zu>>stream\n", content.length);
    buf_add_slice(pdf, content);
    buf_format(pdf, "\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n");
}

static int take_page(void *state, const struct page *page, struct tq_error *err)
{
    struct buf *log = state;

    (void)err;
    buf_format(log, "%.0fx%.0f ", (double)page->width, (double)page->height);
    for (uint32_t i = 0; i < page->word_count; i++) {
        const struct page_word *word = &page->words[i];

        assert_true(word->x0 <= word->x1 && word->y0 <= word->y1);
        buf_add_slice(log, page_word_text(page, word));
        buf_format(log, "@%.0f,%.0f ", (double)word->x0, (double)word->y0);
    }
    return TQ_OK;
}

static int ignore_note(void *state, uint64_t place, struct slice text, struct tq_error *err)
{
    (void)state, (void)place, (void)text, (void)err;
    return TQ_OK;
}

static int ignore_fact(void *state, struct slice name, struct slice value, struct tq_error *err)
{
    (void)state, (void)name, (void)value, (void)err;
    return TQ_OK;
}

static void read_pages(struct slice pdf, struct buf *log)
{
    const struct sink sink = {
        .state = log, .page = take_page, .note = ignore_note, .fact = ignore_fact};
    int fd = memfd_create("turned", MFD_CLOEXEC);
    const struct extract_input input = {.fd = fd, .size_bytes = pdf.length};
    struct tq_error err;

    assert_int_equal(write(fd, pdf.data, pdf.length), pdf.length);
    assert_int_equal(pdf_pages_read(&input, &extract_limits_default, &sink, &err), TQ_OK);
    assert_int_equal(buf_check(log, &err), TQ_OK);
    (void)close(fd);
}

static void check(const char *more, unsigned quarters, int rotate, const char *wanted)
{
    struct buf content = {0}, pdf = {0}, log = {0};

    write_cells(&content, quarters);
    buf_add_slice(&content, slice_of(more));
    write_document(&pdf, buf_slice(&content), quarters, rotate);
    read_pages(buf_slice(&pdf), &log);
    assert_string_equal(log.data, wanted);
    buf_clear(&content);
    buf_clear(&pdf);
    buf_clear(&log);
}

static void a_list_is_the_same_however_it_is_turned(void **state)
{
    (void)state;
    for (unsigned quarters = 0; quarters < 4; quarters++) {
        for (int rotate = 0; rotate < 360; rotate += 90)
            check("", quarters, rotate, upright);
    }
}

static void a_turned_line_beside_a_list_keeps_its_words_whole(void **state)
{
    char wanted[sizeof(upright) + 64];

    (void)state;
    (void)snprintf(wanted, sizeof(wanted), "%sPage@803,522 Seven@803,491 ", upright);
    check("BT /F 10 Tf 0 1 -1 0 814 50 Tm (Page Seven) Tj ET", 0, 0, wanted);
}

static void words_on_a_slope_are_whole(void **state)
{
    struct buf content = {0}, pdf = {0}, log = {0};

    (void)state;
    buf_format(&content, "BT /F 10 Tf .7071 .7071 -.7071 .7071 100 100 Tm (EL AMRANI) Tj ET");
    write_document(&pdf, buf_slice(&content), 0, 0);
    read_pages(buf_slice(&pdf), &log);
    assert_non_null(strstr(log.data, "EL@"));
    assert_non_null(strstr(log.data, "AMRANI@"));
    buf_clear(&content);
    buf_clear(&pdf);
    buf_clear(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_the_same_however_it_is_turned),
        cmocka_unit_test(a_turned_line_beside_a_list_keeps_its_words_whole),
        cmocka_unit_test(words_on_a_slope_are_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

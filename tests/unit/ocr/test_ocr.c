/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pictures of French and Arabic text in every kind that is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <leptonica/allheaders.h>
#include <pango/pangocairo.h>

#include "base/file.h"
#include "ocr/ocr.h"
#include "recorder.h"

static struct ocr *ocr;

#define WIDTH  1860
#define HEIGHT 480

static void draw_text(cairo_t *cairo)
{
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    PangoFontDescription *font = pango_font_description_from_string("DejaVu Sans 36px");

    pango_layout_set_font_description(layout, font);
    pango_layout_set_text(layout,
                          "Attestation de travail, Madame\nNuméro assuré 800158213\n"
                          "\u0628\u064a\u0627\u0646 \u0627\u0644\u0623\u062c\u0648\u0631",
                          -1);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_set_source_rgb(cairo, 0, 0, 0);
    cairo_move_to(cairo, 100, 100);
    pango_cairo_show_layout(cairo, layout);
    pango_font_description_free(font);
    g_object_unref(layout);
}

static PIX *draw(void)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
    cairo_t *cairo = cairo_create(surface);
    PIX *page = pixCreate(WIDTH, HEIGHT, 8);

    assert_non_null(page);
    draw_text(cairo);
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    for (int y = 0; y < HEIGHT; y++) {
        const unsigned char *row = cairo_image_surface_get_data(surface)
                                   + (size_t)y * (size_t)cairo_image_surface_get_stride(surface);

        for (int x = 0; x < WIDTH; x++)
            (void)pixSetPixel(page, x, y, row[4 * x]);
    }
    cairo_surface_destroy(surface);
    (void)pixSetResolution(page, 300, 300);
    return page;
}

/* The picture as a file of a kind of Leptonica's. */
static struct buf encode(PIX *page, int kind)
{
    struct buf out = {0};
    l_uint8 *data = NULL;
    size_t size = 0;

    assert_int_equal(pixWriteMem(&data, &size, page, kind), 0);
    buf_add(&out, data, size);
    free(data);
    return out;
}

static int read_pages(struct recorder *recorder, struct slice bytes, uint32_t pages_max)
{
    struct recogniser recogniser = ocr_recogniser(ocr);
    struct sink sink = recorder_sink(recorder);
    struct tq_error err;
    int fd = memfd_create("scan", MFD_CLOEXEC);
    struct extract_input input = {.fd = fd,
                                  .size_bytes = bytes.length,
                                  .name = SLICE_LITERAL("scan"),
                                  .recogniser = &recogniser,
                                  .pictures_max = pages_max};
    int r;

    assert_true(fd >= 0);
    assert_int_equal(file_write(fd, bytes.data, bytes.length, &err), TQ_OK);
    r = extract_read(&input, &extract_limits_default, &sink, &err);
    (void)close(fd);
    return r;
}

static void check_read(struct buf *file, const char *type)
{
    struct recorder recorder = {0};

    assert_int_equal(read_pages(&recorder, buf_slice(file), 10), TQ_OK);
    assert_true(recorder_has(&recorder, type));
    assert_true(recorder_has(&recorder, "800158213"));
    assert_true(recorder_has(&recorder, "Madame"));
    assert_true(recorder_has(&recorder, "\u0628\u064a\u0627\u0646"));
    assert_true(recorder_has(&recorder, "note @0 read by OCR: 1 pages, mean confidence 9"));
    assert_true(recorder_has(&recorder, "fact ocr.pages = 1"));
    recorder_clear(&recorder);
    buf_clear(file);
}

static void check_kind(PIX *page, int kind, const char *type)
{
    struct buf file = encode(page, kind);

    check_read(&file, type);
}

static void every_kind_is_read(void **state)
{
    PIX *page = draw();
    PIX *bits = pixConvertTo1(page, 128);

    (void)state;
    check_kind(page, IFF_PNG, "type png\n");
    check_kind(page, IFF_JFIF_JPEG, "type jpeg\n");
    check_kind(page, IFF_BMP, "type bmp\n");
    check_kind(page, IFF_GIF, "type gif\n");
    check_kind(page, IFF_WEBP, "type webp\n");
    check_kind(bits, IFF_TIFF_G4, "type tiff\n");
    check_kind(page, IFF_TIFF_LZW, "type tiff\n");
    check_kind(page, IFF_LPDF, "type pdf\n");
    pixDestroy(&page);
    pixDestroy(&bits);
}

static void a_page_on_its_side_or_head_is_read(void **state)
{
    PIX *page = draw();

    (void)state;
    for (int turns = 1; turns < 4; turns++) {
        PIX *turned = pixRotateOrth(page, turns);

        check_kind(turned, IFF_PNG, "type png\n");
        pixDestroy(&turned);
    }
    pixDestroy(&page);
}

/* Three pages in one TIFF, of which two are granted. */
static void pages_past_the_budget_are_counted(void **state)
{
    char path[] = "/tmp/tahqiq-scan-XXXXXX";
    int fd = mkstemp(path);
    struct recorder recorder = {0};
    struct buf file = {0};
    struct tq_error err;
    PIX *page = draw();

    (void)state;
    assert_true(fd >= 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pixWriteTiff(path, page, IFF_TIFF_LZW, i == 0 ? "w" : "a"), 0);
    assert_int_equal(file_load(path, 1 << 24, &file, &err), TQ_OK);
    assert_int_equal(read_pages(&recorder, buf_slice(&file), 2), TQ_OK);
    assert_int_equal(recorder.pages, 2);
    assert_true(recorder_has(&recorder, "fact ocr.pages = 3"));
    assert_true(recorder_has(&recorder, "read by OCR: 2 pages"));
    recorder_clear(&recorder);
    buf_clear(&file);
    pixDestroy(&page);
    (void)close(fd);
    (void)unlink(path);
}

static void damage(struct buf *file, unsigned steps)
{
    for (unsigned i = 1; i < steps; i++) {
        struct recorder recorder = {.quiet = true};
        size_t at = file->length * i / steps;
        char kept = file->data[at];

        assert_int_equal(read_pages(&recorder, slice_make(file->data, at), 3), TQ_OK);
        recorder_clear(&recorder);
        file->data[at] = (char)~kept;
        assert_int_equal(read_pages(&recorder, buf_slice(file), 3), TQ_OK);
        file->data[at] = kept;
        recorder_clear(&recorder);
    }
}

static void damaged_pictures_end_in_notes(void **state)
{
    static const int kinds[] = {IFF_PNG,  IFF_JFIF_JPEG, IFF_BMP,     IFF_GIF,
                                IFF_WEBP, IFF_TIFF_LZW,  IFF_TIFF_G4, IFF_LPDF};
    PIX *page = draw();
    PIX *small = pixScale(page, .2f, .2f);

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        PIX *bits = kinds[i] == IFF_TIFF_G4 ? pixConvertTo1(small, 128) : pixClone(small);
        struct buf file = encode(bits, kinds[i]);

        damage(&file, 8);
        buf_clear(&file);
        pixDestroy(&bits);
    }
    pixDestroy(&small);
    pixDestroy(&page);
}

static void an_empty_sheet_has_no_words(void **state)
{
    struct recorder recorder = {0};
    PIX *page = pixCreate(800, 800, 8);
    struct buf file;

    (void)state;
    (void)pixSetAll(page);
    file = encode(page, IFF_PNG);
    assert_int_equal(read_pages(&recorder, buf_slice(&file), 1), TQ_OK);
    assert_int_equal(recorder.pages, 0);
    recorder_clear(&recorder);
    buf_clear(&file);
    pixDestroy(&page);
}

static void a_page_past_its_time_is_noted(void **state)
{
    const struct ocr_limits hurry = {.page_ms_max = 1};
    struct recorder recorder = {0};
    struct ocr *usual = ocr;
    struct tq_error err;
    PIX *page = draw();
    struct buf file = encode(page, IFF_PNG);

    (void)state;
    assert_int_equal(ocr_new(&hurry, &ocr, &err), TQ_OK);
    assert_int_equal(read_pages(&recorder, buf_slice(&file), 1), TQ_OK);
    assert_true(recorder_has(&recorder, "not read by OCR: it took longer than a page may"));
    recorder_clear(&recorder);
    (void)ocr_free(ocr);
    ocr = usual;
    buf_clear(&file);
    pixDestroy(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_read),
        cmocka_unit_test(a_page_on_its_side_or_head_is_read),
        cmocka_unit_test(pages_past_the_budget_are_counted),
        cmocka_unit_test(damaged_pictures_end_in_notes),
        cmocka_unit_test(an_empty_sheet_has_no_words),
        cmocka_unit_test(a_page_past_its_time_is_noted),
    };
    struct tq_error err;
    int failed;

    extract_prepare();
    if (ocr_new(&ocr_limits_default, &ocr, &err) < 0)
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)ocr_free(ocr);
    return failed;
}

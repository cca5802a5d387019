#include "DashboardPage.h"

// C23's #embed, which this compiler has in every mode.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char index_html[] = {
#embed "page/index.html"
};

static const unsigned char openapi_json[] = {
#embed "../../docs/openapi.json"
};

static const struct evenkeel_page_file files[] = {
    {"index.html", index_html, sizeof index_html},
    {"openapi.json", openapi_json, sizeof openapi_json},
};

const struct evenkeel_page_file *evenkeel_page_files(size_t *count) {
    *count = sizeof files / sizeof *files;
    return files;
}

#include "DashboardPage.h"

// C23's #embed, which this compiler has in every mode.
#pragma clang diagnostic ignored "-Wc23-extensions"

// Every file of the page, put in at build time. A new file gets its lines here, in both lists; the server offers
// nothing else. Tests/Page holds the lists to the folder.

static const unsigned char icon_down_svg[] = {
#embed "page/icon-down.svg"
};
static const unsigned char icon_part_svg[] = {
#embed "page/icon-part.svg"
};
static const unsigned char icon_svg[] = {
#embed "page/icon.svg"
};
static const unsigned char index_html[] = {
#embed "page/index.html"
};
static const unsigned char login_failed_html[] = {
#embed "page/login-failed.html"
};
static const unsigned char login_html[] = {
#embed "page/login.html"
};
static const unsigned char css_base_css[] = {
#embed "page/css/base.css"
};
static const unsigned char css_charts_css[] = {
#embed "page/css/charts.css"
};
static const unsigned char css_controls_css[] = {
#embed "page/css/controls.css"
};
static const unsigned char css_dialogs_css[] = {
#embed "page/css/dialogs.css"
};
static const unsigned char css_flow_css[] = {
#embed "page/css/flow.css"
};
static const unsigned char css_header_css[] = {
#embed "page/css/header.css"
};
static const unsigned char css_layout_css[] = {
#embed "page/css/layout.css"
};
static const unsigned char css_lists_css[] = {
#embed "page/css/lists.css"
};
static const unsigned char css_login_css[] = {
#embed "page/css/login.css"
};
static const unsigned char css_metrics_css[] = {
#embed "page/css/metrics.css"
};
static const unsigned char css_servers_css[] = {
#embed "page/css/servers.css"
};
static const unsigned char css_theme_css[] = {
#embed "page/css/theme.css"
};
static const unsigned char js_actions_js[] = {
#embed "page/js/actions.js"
};
static const unsigned char js_announcer_js[] = {
#embed "page/js/announcer.js"
};
static const unsigned char js_api_js[] = {
#embed "page/js/api.js"
};
static const unsigned char js_banner_js[] = {
#embed "page/js/banner.js"
};
static const unsigned char js_changes_js[] = {
#embed "page/js/changes.js"
};
static const unsigned char js_charts_js[] = {
#embed "page/js/charts.js"
};
static const unsigned char js_controls_js[] = {
#embed "page/js/controls.js"
};
static const unsigned char js_custom_test_js[] = {
#embed "page/js/custom-test.js"
};
static const unsigned char js_distribution_js[] = {
#embed "page/js/distribution.js"
};
static const unsigned char js_dom_js[] = {
#embed "page/js/dom.js"
};
static const unsigned char js_exchange_detail_js[] = {
#embed "page/js/exchange-detail.js"
};
static const unsigned char js_flow_dots_js[] = {
#embed "page/js/flow-dots.js"
};
static const unsigned char js_flow_geometry_js[] = {
#embed "page/js/flow-geometry.js"
};
static const unsigned char js_flow_js[] = {
#embed "page/js/flow.js"
};
static const unsigned char js_format_js[] = {
#embed "page/js/format.js"
};
static const unsigned char js_header_js[] = {
#embed "page/js/header.js"
};
static const unsigned char js_histogram_js[] = {
#embed "page/js/histogram.js"
};
static const unsigned char js_history_js[] = {
#embed "page/js/history.js"
};
static const unsigned char js_icons_js[] = {
#embed "page/js/icons.js"
};
static const unsigned char js_line_chart_js[] = {
#embed "page/js/line-chart.js"
};
static const unsigned char js_main_js[] = {
#embed "page/js/main.js"
};
static const unsigned char js_metrics_js[] = {
#embed "page/js/metrics.js"
};
static const unsigned char js_notice_js[] = {
#embed "page/js/notice.js"
};
static const unsigned char js_recent_js[] = {
#embed "page/js/recent.js"
};
static const unsigned char js_scale_js[] = {
#embed "page/js/scale.js"
};
static const unsigned char js_server_state_js[] = {
#embed "page/js/server-state.js"
};
static const unsigned char js_servers_js[] = {
#embed "page/js/servers.js"
};
static const unsigned char js_sparkline_js[] = {
#embed "page/js/sparkline.js"
};
static const unsigned char js_store_js[] = {
#embed "page/js/store.js"
};
static const unsigned char js_test_panel_js[] = {
#embed "page/js/test-panel.js"
};
static const unsigned char js_test_plan_js[] = {
#embed "page/js/test-plan.js"
};
static const unsigned char js_test_result_js[] = {
#embed "page/js/test-result.js"
};
static const unsigned char js_theme_early_js[] = {
#embed "page/js/theme-early.js"
};
static const unsigned char js_theme_js[] = {
#embed "page/js/theme.js"
};

static const unsigned char openapi_json[] = {
#embed "../../docs/openapi.json"
};

static const struct evenkeel_page_file files[] = {
    {"icon-down.svg", icon_down_svg, sizeof icon_down_svg},
    {"icon-part.svg", icon_part_svg, sizeof icon_part_svg},
    {"icon.svg", icon_svg, sizeof icon_svg},
    {"index.html", index_html, sizeof index_html},
    {"openapi.json", openapi_json, sizeof openapi_json},
    {"login-failed.html", login_failed_html, sizeof login_failed_html},
    {"login.html", login_html, sizeof login_html},
    {"css/base.css", css_base_css, sizeof css_base_css},
    {"css/charts.css", css_charts_css, sizeof css_charts_css},
    {"css/controls.css", css_controls_css, sizeof css_controls_css},
    {"css/dialogs.css", css_dialogs_css, sizeof css_dialogs_css},
    {"css/flow.css", css_flow_css, sizeof css_flow_css},
    {"css/header.css", css_header_css, sizeof css_header_css},
    {"css/layout.css", css_layout_css, sizeof css_layout_css},
    {"css/lists.css", css_lists_css, sizeof css_lists_css},
    {"css/login.css", css_login_css, sizeof css_login_css},
    {"css/metrics.css", css_metrics_css, sizeof css_metrics_css},
    {"css/servers.css", css_servers_css, sizeof css_servers_css},
    {"css/theme.css", css_theme_css, sizeof css_theme_css},
    {"js/actions.js", js_actions_js, sizeof js_actions_js},
    {"js/announcer.js", js_announcer_js, sizeof js_announcer_js},
    {"js/api.js", js_api_js, sizeof js_api_js},
    {"js/banner.js", js_banner_js, sizeof js_banner_js},
    {"js/changes.js", js_changes_js, sizeof js_changes_js},
    {"js/charts.js", js_charts_js, sizeof js_charts_js},
    {"js/controls.js", js_controls_js, sizeof js_controls_js},
    {"js/custom-test.js", js_custom_test_js, sizeof js_custom_test_js},
    {"js/distribution.js", js_distribution_js, sizeof js_distribution_js},
    {"js/dom.js", js_dom_js, sizeof js_dom_js},
    {"js/exchange-detail.js", js_exchange_detail_js, sizeof js_exchange_detail_js},
    {"js/flow-dots.js", js_flow_dots_js, sizeof js_flow_dots_js},
    {"js/flow-geometry.js", js_flow_geometry_js, sizeof js_flow_geometry_js},
    {"js/flow.js", js_flow_js, sizeof js_flow_js},
    {"js/format.js", js_format_js, sizeof js_format_js},
    {"js/header.js", js_header_js, sizeof js_header_js},
    {"js/histogram.js", js_histogram_js, sizeof js_histogram_js},
    {"js/history.js", js_history_js, sizeof js_history_js},
    {"js/icons.js", js_icons_js, sizeof js_icons_js},
    {"js/line-chart.js", js_line_chart_js, sizeof js_line_chart_js},
    {"js/main.js", js_main_js, sizeof js_main_js},
    {"js/metrics.js", js_metrics_js, sizeof js_metrics_js},
    {"js/notice.js", js_notice_js, sizeof js_notice_js},
    {"js/recent.js", js_recent_js, sizeof js_recent_js},
    {"js/scale.js", js_scale_js, sizeof js_scale_js},
    {"js/server-state.js", js_server_state_js, sizeof js_server_state_js},
    {"js/servers.js", js_servers_js, sizeof js_servers_js},
    {"js/sparkline.js", js_sparkline_js, sizeof js_sparkline_js},
    {"js/store.js", js_store_js, sizeof js_store_js},
    {"js/test-panel.js", js_test_panel_js, sizeof js_test_panel_js},
    {"js/test-plan.js", js_test_plan_js, sizeof js_test_plan_js},
    {"js/test-result.js", js_test_result_js, sizeof js_test_result_js},
    {"js/theme-early.js", js_theme_early_js, sizeof js_theme_early_js},
    {"js/theme.js", js_theme_js, sizeof js_theme_js},
};

const struct evenkeel_page_file *evenkeel_page_files(size_t *count) {
    *count = sizeof files / sizeof *files;
    return files;
}

// A strict reader of Prometheus' text format 0.0.4, with what promtool complains about: for tests of /metrics.
// Owned by the test.

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace agenthub::test {

struct PrometheusPage {
    struct Family {
        std::string help, type;
    };
    std::map<std::string, Family> families;
    std::map<std::string, double> samples;  // by their text: name{label="value",…}
    std::vector<std::string> faults;        // what a scraper or promtool would refuse, with the line

    // The sample; -1 when there is none.
    double at(const std::string& sample) const {
        const auto found = samples.find(sample);
        return found == samples.end() ? -1 : found->second;
    }
};

PrometheusPage read_prometheus(std::string_view text);

}  // namespace agenthub::test

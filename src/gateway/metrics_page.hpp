// The families of /metrics, put together one by one.
// Owned by the function that makes the document.

#pragma once

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "supervisor/server_stats.hpp"

namespace agenthub::metrics {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

// Answered calls by latency: powers of two from half a millisecond to two minutes.
inline constexpr unsigned kShortestPower = 9;
inline constexpr unsigned kLongestPower = 27;

inline double seconds(std::chrono::microseconds us) {
    return static_cast<double>(us.count()) / 1e6;
}

template <class Number>
double number(Number value) {
    return static_cast<double>(value);
}

// Puts the families together, in the order of their first samples.
class Page {
public:
    // Samples added from here on belong to this family.
    void family(MetricType type, std::string_view name, std::string_view help) {
        MetricFamily next;
        next.name = "agenthub_" + std::string(name);
        next.help = help;
        next.type = type;
        families_.push_back(std::move(next));
    }
    void add(double value, Labels labels = {}) {
        ClientMetric sample;
        sample.label = std::move(labels);
        // The one that the type does not name is not written.
        sample.counter.value = value;
        sample.gauge.value = value;
        families_.back().metric.push_back(std::move(sample));
    }
    void add(const LatencyHistogram& latency, Labels labels) {
        ClientMetric sample;
        sample.label = std::move(labels);
        sample.histogram.sample_count = latency.count();
        sample.histogram.sample_sum = seconds(latency.sum());
        for (unsigned power = kShortestPower; power <= kLongestPower; ++power) {
            const std::chrono::microseconds longest((std::int64_t{1} << power) - 1);
            sample.histogram.bucket.push_back({latency.count_below_power(power), seconds(longest)});
        }
        families_.back().metric.push_back(std::move(sample));
    }
    // A family of one sample.
    void gauge(std::string_view name, std::string_view help, double value) {
        family(MetricType::Gauge, name, help);
        add(value);
    }
    void counter(std::string_view name, std::string_view help, double value) {
        family(MetricType::Counter, name, help);
        add(value);
    }

    std::string text() const {
        std::ostringstream out;
        prometheus::TextSerializer().Serialize(out, families_);
        return std::move(out).str();
    }

private:
    std::vector<MetricFamily> families_;
};

}  // namespace agenthub::metrics

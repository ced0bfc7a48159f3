// Reading a page of metrics line by line.
// No state beyond the page.

#include "tests/support/prometheus_text.hpp"

#include <cmath>
#include <cstdlib>
#include <regex>

namespace agenthub::test {
namespace {

const std::regex kHelp(R"(# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (\S.*))");
const std::regex kType(R"(# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped))");
const std::regex kSample(R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+))");
const std::regex kLabels(
    R"re([a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\\\|\\"|\\n)*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\\\|\\"|\\n)*")*)re");

struct Reader {
    PrometheusPage page;
    std::string family;  // whose samples may come now
    // Of histograms, by family and labels without "le".
    std::map<std::string, std::vector<std::pair<double, double>>> buckets;
    std::map<std::string, double> counts;

    void fault(std::string_view line, const char* what) {
        page.faults.push_back(std::string(what) + ": " + std::string(line));
    }

    void take(const std::string& line) {
        std::smatch part;
        if (std::regex_match(line, part, kHelp)) {
            if (page.families.contains(part[1]))
                fault(line, "a family twice");
            family = part[1];
            page.families[family].help = part[2];
        } else if (std::regex_match(line, part, kType)) {
            if (part[1] != family || !page.families[family].type.empty())
                fault(line, "TYPE does not follow its HELP");
            page.families[family].type = part[2];
            if (part[2] == "counter" && !family.ends_with("_total"))
                fault(line, "a counter whose name does not end in _total");
            if (part[2] != "counter" && family.ends_with("_total"))
                fault(line, "no counter, but its name ends in _total");
        } else if (std::regex_match(line, part, kSample)) {
            take_sample(line, part[1], part[2], part[3]);
        } else {
            fault(line, "no line of the format");
        }
    }

    void take_sample(const std::string& line, const std::string& name, const std::string& labels,
                     const std::string& written) {
        char* end = nullptr;
        const double value = std::strtod(written.c_str(), &end);
        if (*end != '\0' || std::isnan(value))
            fault(line, "no number");
        if (!labels.empty() && !std::regex_match(labels, kLabels))
            fault(line, "labels are not of the format");
        const bool histogram = page.families[family].type == "histogram";
        const bool ours = histogram ? name == family + "_bucket" || name == family + "_sum" || name == family + "_count"
                                    : name == family;
        if (!ours)
            fault(line, "a sample outside of its family");
        const std::string key = labels.empty() ? name : name + "{" + labels + "}";
        if (!page.samples.emplace(key, value).second)
            fault(line, "a sample twice");
        if (page.families[family].type != "gauge" && value < 0)
            fault(line, "a negative count");
        if (histogram && name.ends_with("_bucket"))
            take_bucket(line, labels, value);
        if (histogram && name.ends_with("_count"))
            counts[family + labels] = value;
    }

    static std::string without_le(const std::string& labels) {
        return std::regex_replace(labels, std::regex(",?le=\"[^\"]*\""), "");
    }

    void take_bucket(const std::string& line, const std::string& labels, double value) {
        std::smatch part;
        if (!std::regex_search(labels, part, std::regex("le=\"([^\"]*)\"")))
            return fault(line, "a bucket without le");
        const double bound = std::strtod(part.str(1).c_str(), nullptr);
        buckets[family + without_le(labels)].emplace_back(bound, value);
    }

    void finish() {
        for (const auto& [name, count] : counts) {
            const auto& own = buckets[name];
            if (own.empty() || !std::isinf(own.back().first) || own.back().second != count)
                fault(name, "a histogram whose last bucket is not +Inf with its count");
            for (std::size_t i = 1; i < own.size(); ++i)
                if (own[i].first <= own[i - 1].first || own[i].second < own[i - 1].second)
                    fault(name, "buckets do not rise");
        }
        for (const auto& [name, family_of] : page.families)
            if (family_of.type.empty())
                fault(name, "no TYPE");
    }
};

}  // namespace

PrometheusPage read_prometheus(std::string_view text) {
    Reader reader;
    if (!text.ends_with('\n'))
        reader.fault("", "the last line is not ended");
    while (!text.empty()) {
        const auto end = text.find('\n');
        reader.take(std::string(text.substr(0, end)));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    reader.finish();
    return std::move(reader.page);
}

}  // namespace agenthub::test

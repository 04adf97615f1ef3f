#include "tools/doctor_json.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/tools/documented.hpp"
#include "tools/node_audit.hpp"

namespace nearmem::tools {
namespace {

using json = nlohmann::json;

// Every path of keys that leads to a value, "nodes[].reach[].distance".
void collect(const json& value, const std::string& path, std::set<std::string>& paths) {
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      collect(member, path.empty() ? key : path + "." + key, paths);
    }
  } else if (value.is_array() && !value.empty() && value[0].is_object()) {
    for (const json& member : value)
      collect(member, path + "[]", paths);
  } else {
    paths.insert(path);
  }
}

std::set<std::string> paths_of(const doctor_report& report) {
  std::set<std::string> paths;
  collect(json::parse(to_json(report)), "", paths);
  return paths;
}

TEST(doctor_json, has_exactly_the_documented_keys) {
  const std::set<std::string> documented =
      first_column(documented_section("docs/doctor.md", "## The JSON"));
  const machine& hardware = machine::process();
  const node_id node = hardware.nodes().front().id;
  const measurements measured{.fingerprint = hardware.fingerprint(),
                              .latencies = {{node, node, 80}},
                              .bandwidths = {{node, node, 9000}}};
  doctor_report here = examine(hardware.with_measurements(measured), &page_source::process());
  if (!here.hardware.is_live()) GTEST_SKIP() << "hwloc is told to load another machine";
  here.audits = audit_nodes(page_source::process());
  if (here.hardware.caches().empty() || here.hardware.packages().empty()) {
    GTEST_SKIP() << "this machine names no caches or packages";
  }
  EXPECT_EQ(paths_of(here), documented);
}

TEST(doctor_json, has_documented_keys_of_a_described_machine_too) {
  const std::set<std::string> documented =
      first_column(documented_section("docs/doctor.md", "## The JSON"));
  const std::string file = NEARMEM_SOURCES "/tests/topology/data/memory_tiers.xml";
  for (const std::string& path : paths_of(examine(machine::from_xml(file), nullptr))) {
    // The limits of a simulated machine are null, and so is what nobody measured.
    EXPECT_TRUE(path == "limits" || path == "measured" || path == "caches" || path == "audits" ||
                documented.count(path))
        << path;
  }
}

TEST(doctor_json, states_what_the_machine_is) {
  const std::string file = NEARMEM_SOURCES "/tests/topology/data/memory_tiers.xml";
  const json document = json::parse(to_json(examine(machine::from_xml(file), nullptr)));
  EXPECT_EQ(document["schema"], "nearmem.doctor/1");
  EXPECT_EQ(document["simulated"], true);
  EXPECT_TRUE(document["limits"].is_null());
  EXPECT_EQ(document["nodes"][4]["kind"], "memory_only");
  EXPECT_EQ(document["nodes"][0]["fallback"], json({0, 2, 1, 4, 3}));
  EXPECT_EQ(document["nodes"][0]["reach"][2]["distance"], 13);
  EXPECT_EQ(document["nodes"][0]["reach"][2]["latency_nanoseconds"], 120);
  EXPECT_TRUE(document["nodes"][0]["reach"][1]["latency_nanoseconds"].is_null());
  EXPECT_EQ(document["placements"][0]["outcome"], "simulated");
}

}  // namespace
}  // namespace nearmem::tools

#include "apps/chat/config/reload.hpp"

#include "apps/chat/config/field.hpp"

namespace chat {

Reload compare(const Settings& running, const Settings& wanted) {
  Reload reload{.settings = running};
  for (const Field& field : fields()) {
    const Given value = field.get(wanted);
    if (value == field.get(running)) {
      continue;
    }
    if (field.live) {
      field.set(reload.settings, value);
      reload.changed.push_back(field.name);
    } else {
      reload.ignored.push_back(field.name);
    }
  }
  return reload;
}

}  // namespace chat

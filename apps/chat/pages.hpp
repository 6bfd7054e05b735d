#pragma once

#include "engineio/http.hpp"

namespace chat {

/// Answers a request with a file of the page (www.hpp): `/` is the page, and `/admin/` the second
/// one. 404 for what there is not, 405 for anything but GET and HEAD.
void serve_page(const engineio::HttpRequest& request, engineio::HttpResponder responder);

}  // namespace chat

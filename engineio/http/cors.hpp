#pragma once

#include "engineio/http.hpp"
#include "engineio/options.hpp"

namespace engineio::http {

/// Adds the CORS fields of the answer to `request`, in the order in which the npm package `cors`
/// adds them. True for an OPTIONS request: the answer is then `cors.options_success_status` with
/// these fields and no body, and nothing else is to be done with the request.
///
/// An origin that is not allowed gets an answer without Access-Control-Allow-Origin; only
/// Cors::OriginFunction turns CORS off for a request: as with Cors::Off, nothing is added, and the
/// result is false.
[[nodiscard]] bool apply_cors(const Cors& cors, const HttpRequest& request, HttpHeaders& headers);

}  // namespace engineio::http

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "socketio/date.hpp"

namespace chat {

/// One message of a room.
struct Message {
  /// 26 characters that sort by time and are unique over all nodes (message_id.hpp).
  std::string id = {};
  std::string room = {};
  std::string user_id = {};   ///< who sent it; nonces are his
  std::string username = {};  ///< as he was called then
  std::string text = {};
  /// In place of the text, when clients encrypt: stored and handed out untouched.
  std::string ciphertext = {};
  std::string iv = {};
  socketio::Date timestamp = {};
  /// Chosen by the sender to be sure that it is stored once. Empty: none.
  std::string nonce = {};

  bool operator==(const Message&) const = default;
};

/// A part of a room's history.
struct HistoryPage {
  std::vector<Message> messages;  ///< the oldest first
  bool more = false;              ///< there are older ones
};

/// Somebody who receives messages.
struct Recipient {
  std::string user_id = {};
  std::string username = {};
};

/// Messages that a recipient has just received, or read, for the first time: their senders may want
/// to know.
struct Marked {
  struct Message {
    std::string id = {};
    std::string room = {};
    std::string sender = {};  ///< his user_id
  };
  std::vector<Message> messages = {};
  socketio::Date timestamp = {};
};

/// What one recipient has done with a message.
struct Receipt {
  std::string user_id = {};
  std::string username = {};
  std::optional<socketio::Date> delivered = {};  ///< what was read, was delivered
  std::optional<socketio::Date> read = {};
};

/// All receipts of a message, by user_id.
struct Receipts {
  std::string room = {};
  std::string sender = {};  ///< his user_id
  std::vector<Receipt> receipts = {};
};

}  // namespace chat

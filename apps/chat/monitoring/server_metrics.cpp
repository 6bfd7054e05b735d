#include "apps/chat/monitoring/server_metrics.hpp"

#include "apps/chat/monitoring/process.hpp"

namespace chat {

namespace {

double number(std::uint64_t count) { return static_cast<double>(count); }

void watch_transport(Metrics& metrics, engineio::Server& engine) {
  const auto connections = [&](const char* transport) {
    return metrics.gauge("sio_chat_connections", "Clients that are connected.",
                         {{"transport", transport}});
  };
  metrics.on_scrape(
      [&engine, polling = connections("polling"), websocket = connections("websocket"),
       tcp = metrics.gauge("sio_chat_tcp_connections", "Connections that are open."),
       opened = metrics.counter("sio_chat_connections_total", "Clients that have connected."),
       refused = metrics.counter("sio_chat_handshakes_refused_total", "Requests refused."),
       received = metrics.counter("sio_chat_messages_received_total", "Messages received."),
       sent = metrics.counter("sio_chat_messages_sent_total", "Messages sent."),
       received_bytes = metrics.counter("sio_chat_received_bytes_total", "Bytes of messages in."),
       sent_bytes =
           metrics.counter("sio_chat_sent_bytes_total", "Bytes of messages out.")]() mutable {
        const engineio::Statistics now = engine.statistics();
        polling.set(number(now.polling_sessions));
        websocket.set(number(now.sessions - now.polling_sessions));
        tcp.set(number(now.connections));
        opened.raise_to(number(now.sessions_opened));
        refused.raise_to(number(now.requests_refused));
        received.raise_to(number(now.messages_received));
        sent.raise_to(number(now.messages_sent));
        received_bytes.raise_to(number(now.bytes_received));
        sent_bytes.raise_to(number(now.bytes_sent));
      });
}

void watch_sockets(Metrics& metrics, const Watched& watched) {
  const auto errors = [&](const char* kind) {
    return metrics.counter("sio_chat_errors_total", "What went wrong.", {{"kind", kind}});
  };
  metrics.on_scrape(
      [&io = watched.io, &rooms = watched.rooms,
       sockets = metrics.gauge("sio_chat_sockets", "Sockets, of all namespaces."),
       namespaces = metrics.gauge("sio_chat_namespaces", "Namespaces."),
       room_count = metrics.gauge("sio_chat_rooms", "Rooms with sockets of this node."),
       received = metrics.counter("sio_chat_packets_received_total", "Packets received."),
       sent = metrics.counter("sio_chat_packets_sent_total", "Packets sent."),
       invalid = errors("invalid_packet"), arguments = errors("invalid_arguments"),
       exceptions = errors("handler_exception"), dropped = metrics.dropped("volatile"),
       lost = metrics.dropped("mailbox")]() mutable {
        const socketio::Statistics now = io.statistics();
        sockets.set(number(now.sockets));
        namespaces.set(number(now.namespaces));
        room_count.set(number(rooms.value()));
        received.raise_to(number(now.packets_received));
        sent.raise_to(number(now.packets_sent));
        invalid.raise_to(number(now.invalid_packets));
        arguments.raise_to(number(now.invalid_arguments));
        exceptions.raise_to(number(now.handler_exceptions));
        dropped.raise_to(number(now.volatile_dropped));
        lost.raise_to(number(now.lost_tasks));
      });
}

void watch_redis(Metrics& metrics, const adapters::Redis& redis) {
  metrics.on_scrape(
      [&redis, connected = metrics.gauge("sio_chat_redis_connected", "1: Redis is there."),
       commands = metrics.counter("sio_chat_redis_commands_total", "Commands to Redis."),
       lost = metrics.counter("sio_chat_redis_connections_lost_total",
                              "Connections to Redis that were lost.")]() mutable {
        const adapters::Redis::Statistics now = redis.statistics();
        connected.set(now.connected ? 1 : 0);
        commands.raise_to(number(now.commands));
        lost.raise_to(number(now.connections_lost));
      });
}

void watch_bus(Metrics& metrics, const adapters::BusMonitor& bus) {
  metrics.on_scrape(
      [&bus,
       published = metrics.counter("sio_chat_bus_published_total", "Messages to other nodes."),
       received = metrics.counter("sio_chat_bus_received_total", "Messages of other nodes."),
       timed_out = metrics.counter("sio_chat_bus_requests_timed_out_total",
                                   "Requests that not all nodes answered."),
       rubbish = metrics.counter("sio_chat_errors_total", "What went wrong.",
                                 {{"kind", "rubbish_on_bus"}})]() mutable {
        const adapters::BusStatistics now = bus.statistics();
        published.raise_to(number(now.published));
        received.raise_to(number(now.received));
        timed_out.raise_to(number(now.requests_timed_out));
        rubbish.raise_to(number(now.rubbish));
      });
}

void watch_process(Metrics& metrics, const Watched& watched) {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  metrics.gauge("process_start_time_seconds", "Since 1970.")
      .set(std::chrono::duration<double>(since_1970).count());
  metrics.on_scrape(
      [&log = watched.log, &readiness = watched.readiness,
       ready = metrics.gauge("sio_chat_ready", "1: ready, when it was asked last."),
       draining = metrics.gauge("sio_chat_draining", "1: going down."),
       lost_lines = metrics.dropped("log"),
       memory = metrics.gauge("process_resident_memory_bytes", "Resident memory."),
       files = metrics.gauge("process_open_fds", "Open descriptors."),
       cpu = metrics.counter("process_cpu_seconds_total", "Time of all cores.")]() mutable {
        const ProcessUsage now = process_usage();
        ready.set(readiness.was_ready() ? 1 : 0);
        draining.set(readiness.draining() ? 1 : 0);
        lost_lines.raise_to(number(log.dropped()));
        memory.set(number(now.resident_bytes));
        files.set(number(now.open_files));
        cpu.raise_to(now.cpu_seconds);
      });
}

}  // namespace

void watch_server(Metrics& metrics, const Watched& watched) {
  watch_transport(metrics, watched.io.engine());
  watch_sockets(metrics, watched);
  watch_process(metrics, watched);
  if (watched.redis != nullptr) {
    watch_redis(metrics, *watched.redis);
  }
  if (watched.bus != nullptr) {
    watch_bus(metrics, *watched.bus);
  }
}

}  // namespace chat

-- Reads a part of a channel's log.
-- KEYS  1 messages  2 state  3 base
-- ARGV  1 now  2 XRANGE or XREVRANGE  3 id to begin with  4 most messages, at least 1  5 most bytes; one message may pass it  6 a base
-- Gives  epoch, top, oldest, epoch of the first message, life of the state, forks, entries; of a channel without state the epoch alone

local state = redis.call('HMGET', KEYS[2], 'e', 't', 'b', 'l', 'f', 'o', 'a')
if not state[1] then return { beginning(KEYS[3], ARGV[6]) } end

-- A channel that nobody writes to any more loses its old messages here. A server that takes no writes now can still be read.
local top, deadline = tonumber(state[2]), tonumber(ARGV[1]) - tonumber(state[7] or 0)
if tonumber(state[7] or 0) > 0 and tonumber(state[6]) <= deadline then
  local is_trimmed, oldest_taken = pcall(trim_by_age, KEYS[1], deadline)
  if is_trimmed then redis.pcall('HSET', KEYS[2], 'o', string.format('%.0f', oldest_taken)) end
end

-- What lies above the top was not appended by this log.
local command, from, left, bytes = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local last = string.format('%.0f', top)
if command == 'XREVRANGE' and tonumber(from) > top then from = last end
local page = {}
while left > 0 and bytes > 0 do
  local wanted = math.min(left, 8)
  local entries = redis.call(command, KEYS[1], from, command == 'XRANGE' and last or '-', 'COUNT', wanted)
  for _, entry in ipairs(entries) do
    if bytes <= 0 then break end
    page[#page + 1] = entry
    for _, part in ipairs(entry[2]) do bytes = bytes - #part end
  end
  if #entries < wanted then break end
  left = left - wanted
  from = '(' .. entries[wanted][1]
end

local kept = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
local oldest = math.min(kept and tonumber(string.match(kept[1], '^%d+')) or top + 1, top + 1)
return { state[1], top, oldest, state[3], tonumber(state[4]), state[5], page }

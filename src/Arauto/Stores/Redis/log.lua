-- What the scripts of the log share; it stands in front of each of them.
--
-- A channel has a stream of its messages, one entry per message with the id OFFSET-0 and the fields t (when it was
-- taken) and m (the message), and a hash that is its state:
--   e  the epoch          t  the top                  b  the epoch of the first message
--   f  the epochs that e continues, newest first, each EPOCH:TOP with the last message that survived
--   r  the line of data in which was appended last: another one may have lost what the former had
--   o  when the oldest kept message was taken, or earlier
--   a  the age up to which messages are kept, 0 = for ever
--   l  how long the state lives after an append, 0 = for ever
--   k  until when keys are remembered
-- Epochs are ten digits of the base, a random number that stands and falls with the data of this server, and six of a
-- generation: the hour in which a channel begins, or from 800000 on a random number. All times are in milliseconds and by
-- the clock of the node that calls, except for the hours and for what expires.

local MOST_FORKS = 8

-- Names the unbroken line of data that this server holds. A server that starts or becomes the master has another one, also
-- one that was the master before and is the same process: it took over the data of whoever was it in between.
local function line_of_data(run)
  local info = redis.pcall('INFO', 'replication')
  local id = type(info) == 'string' and string.match(info, 'master_replid:(%x+)') or ''
  -- Enough to tell them apart, and short enough for Redis to keep the state in one piece.
  return string.sub(run, 1, 16) .. ':' .. string.sub(id, 1, 16)
end

-- The epoch in which a channel without state begins. By its hour it differs from that of an earlier life: a state lives
-- for two hours at least.
local function beginning(base_key, drawn_base)
  local base = redis.call('GET', base_key)
  if not base then
    base = drawn_base
    redis.call('SET', base_key, base)
  end
  return base .. string.format('%06x', math.floor(redis.call('TIME')[1] / 3600) - 473352)
end

-- An epoch of the same base that none of the others is.
local function draw(epoch, generation, others)
  local drawn
  repeat
    drawn = string.sub(epoch, 1, 10) .. string.format('%06x', generation)
    generation = 0x800000 + (generation + 1) % 0x800000
  until not string.find(others, drawn, 1, true)
  return drawn
end

-- Removes messages that were taken before a moment, 128 at most; the rest waits for the next call.
-- Returns when the oldest one left was taken, or earlier.
local function trim_by_age(messages, moment)
  for _ = 1, 16 do
    local entries = redis.call('XRANGE', messages, '-', '+', 'COUNT', 8)
    for _, entry in ipairs(entries) do
      local taken = tonumber(entry[2][2]) or 0
      if taken > moment then
        redis.call('XTRIM', messages, 'MINID', entry[1])
        return taken
      end
    end
    if #entries == 0 then return moment end
    redis.call('XTRIM', messages, 'MINID', string.format('%.0f', tonumber(string.match(entries[#entries][1], '^%d+')) + 1))
  end
  return 0
end

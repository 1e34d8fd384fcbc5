-- Appends a message, or finds the first append with the same key; assigns the offset and tells the nodes, in one step.
-- KEYS  1 messages  2 state  3 base  4 the remembered key, if the message has one
-- ARGV  1 run of this server  2 now  3 message  4 most messages, 0 = no bound  5 most age, 0 = no bound
--       6 life of the messages, 0 = for ever  7 life of the state, 0 = for ever  8 a base  9 a generation
--       10 PUBLISH or SPUBLISH  11 channel of the hint  12 answer to remember with the key  13 how long
-- Gives  epoch, offset, 1 if it was found or 0, answer, line of data

local run, now, message = line_of_data(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local most, age, life = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[7])
local state = redis.call('HMGET', KEYS[2], 'e', 't', 'b', 'f', 'r', 'o', 'k')
local epoch, top, first, forks = state[1], tonumber(state[2] or 0), state[3], state[4] or ''
local oldest, keys_until = tonumber(state[6] or 0), tonumber(state[7] or 0)

-- A key belongs to the life of the log in which it was remembered: a reset forgets it with the rest.
if KEYS[4] and epoch then
  local life_of, in_epoch, offset, kept_until, answer = string.match(redis.call('GET', KEYS[4]) or '', '^(%x+) (%x+) (%d+) (%d+) (.*)$')
  if life_of == first and tonumber(kept_until) > now then
    -- A write of this connection too, so that the caller can wait until a replica has what it finds here.
    redis.call('HSET', KEYS[2], 'e', epoch)
    return { in_epoch, tonumber(offset), 1, answer, run }
  end
end

if not epoch then
  epoch = beginning(KEYS[3], ARGV[8])
  -- Messages without their state are what somebody left of a log, which may have begun in this very hour. What writes without need
  -- would keep a full server from refusing the rest.
  if redis.call('EXISTS', KEYS[1]) == 1 then
    redis.call('DEL', KEYS[1])
    epoch = draw(epoch, tonumber(ARGV[9]), epoch)
  end
  first = epoch
elseif state[5] ~= run then
  local kept = { epoch .. ':' .. string.format('%.0f', top) }
  for fork in string.gmatch(forks, '%S+') do
    if #kept < MOST_FORKS then kept[#kept + 1] = fork end
  end
  epoch = draw(epoch, tonumber(ARGV[9]), first .. ' ' .. epoch .. ' ' .. forks)
  forks = table.concat(kept, ' ')
end

top = top + 1
local offset = string.format('%.0f', top)
redis.call('XADD', KEYS[1], offset .. '-0', 't', ARGV[2], 'm', message)

local count = redis.call('XLEN', KEYS[1])
if count == 1 then oldest = now end
if most > 0 and count > most + 1000 then
  -- A bound that was lowered: in steps, so that no append takes long.
  redis.call('XTRIM', KEYS[1], 'MAXLEN', '~', most, 'LIMIT', 1000)
elseif most > 0 and count > most then
  redis.call('XTRIM', KEYS[1], 'MAXLEN', most)
end
if age > 0 and oldest <= now - age then oldest = trim_by_age(KEYS[1], now - age) end

if KEYS[4] then
  keys_until = now + tonumber(ARGV[13])
  redis.call('SET', KEYS[4], first .. ' ' .. epoch .. ' ' .. offset .. ' ' .. string.format('%.0f', keys_until) .. ' ' .. ARGV[12], 'PX', ARGV[13])
end
-- A remembered key is of use as long as the state is there, and two hours more keep it from being forgotten in the hour in which it began.
if life > 0 then life = math.max(life, keys_until - now + 7200000) end

redis.call('HSET', KEYS[2], 'e', epoch, 't', offset, 'b', first, 'f', forks, 'r', run, 'o', string.format('%.0f', oldest),
  'a', ARGV[5], 'l', string.format('%.0f', life), 'k', string.format('%.0f', keys_until))
if ARGV[6] == '0' then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[6]) end
if life == 0 then redis.call('PERSIST', KEYS[2]) else redis.call('PEXPIRE', KEYS[2], string.format('%.0f', life)) end

redis.call(ARGV[10], ARGV[11], 'M' .. epoch .. string.rep('0', 20 - #offset) .. offset .. message)
return { epoch, top, 0, '', run }

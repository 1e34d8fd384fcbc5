-- The tops of channels. Whoever asks listens to them, so what would expire stays.
-- KEYS  1 base  2, 3, … states
-- ARGV  1 a base
-- Gives  epoch and top of each; an epoch without digits if its state is none

local tops, new = {}, nil
for i = 2, #KEYS do
  -- One that is damaged must not keep the others from being seen.
  local state = redis.pcall('HMGET', KEYS[i], 'e', 't', 'l')
  if state.err then state = { '' } end
  if state[1] then
    local life = tonumber(state[3]) or 0
    -- Once in a minute is enough; a server that takes no writes now can still be read.
    if life > 0 and redis.call('PTTL', KEYS[i]) < life - 60000 then redis.pcall('PEXPIRE', KEYS[i], state[3]) end
  else
    new = new or beginning(KEYS[1], ARGV[1])
  end
  tops[#tops + 1] = state[1] or new
  tops[#tops + 1] = tonumber(state[2]) or 0
end
return tops

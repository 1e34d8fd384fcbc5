-- Makes a room.
-- KEYS  1 room  2 members
-- ARGV  1 life, 0 = for ever  2 public: 1 or 0  3 metadata  4 when, in milliseconds  5 whether there is an owner: 1 or 0  6 owner  7, … members
-- Gives  1, or 0 if there is one already

if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
-- What writes without need would keep a full server from refusing the rest.
if redis.call('EXISTS', KEYS[2]) == 1 then redis.call('DEL', KEYS[2]) end
redis.call('HSET', KEYS[1], 'public', ARGV[2], 'metadata', ARGV[3], 'created', ARGV[4])
if ARGV[5] == '1' then redis.call('HSET', KEYS[1], 'owner', ARGV[6]) end
for i = 7, #ARGV do redis.call('SADD', KEYS[2], ARGV[i]) end
if ARGV[1] ~= '0' then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  redis.call('PEXPIRE', KEYS[2], ARGV[1])
end
return 1

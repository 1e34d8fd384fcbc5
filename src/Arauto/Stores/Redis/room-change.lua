-- Changes a room, or only reads it.
-- KEYS  1 room  2 members
-- ARGV  1 life, 0 = for ever  2 read, or add or remove and 3 user, or public or metadata and its value, or both
-- Gives  public, metadata, when it was made, owner, members; nothing if there is no such room

if redis.call('EXISTS', KEYS[1]) == 0 then return false end
if ARGV[2] == 'add' then
  redis.call('SADD', KEYS[2], ARGV[3])
elseif ARGV[2] == 'remove' then
  redis.call('SREM', KEYS[2], ARGV[3])
elseif ARGV[2] ~= 'read' then
  for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
end
-- The first member's set has no life yet.
if ARGV[1] ~= '0' and ARGV[2] ~= 'read' then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  redis.call('PEXPIRE', KEYS[2], ARGV[1])
end
local room = redis.call('HMGET', KEYS[1], 'public', 'metadata', 'created', 'owner')
room[5] = redis.call('SMEMBERS', KEYS[2])
return room

-- Says how many connections a user has on one node, unless there would be too many on all of them.
-- KEYS[1] connections by node
-- ARGV[1] the node; ARGV[2] its number; ARGV[3] the most over all nodes, 0 for no limit; ARGV[4] expiry in milliseconds;
-- ARGV[5...] nodes that are gone
-- Returns 1 or 0, and the other nodes that have some.
for i = 5, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
local number, limit = tonumber(ARGV[2]), tonumber(ARGV[3])
local others, nodes = 0, {}
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  if fields[i] ~= ARGV[1] then
    others = others + tonumber(fields[i + 1])
    nodes[#nodes + 1] = fields[i]
  end
end
if limit > 0 and others + number > limit then return { 0, nodes } end
if number > 0 then redis.call('HSET', KEYS[1], ARGV[1], number) else redis.call('HDEL', KEYS[1], ARGV[1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return { 1, nodes }

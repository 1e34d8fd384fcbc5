-- Says how many connections a user has on one node, unless there would be too many on all of them.
-- KEYS[1] connections by lease of a node
-- ARGV[1] the node's lease; ARGV[2] its number; ARGV[3] the most over all nodes, 0 for no limit; ARGV[4] expiry in milliseconds;
-- ARGV[5] the node, with whose name its leases begin: of those only the newest stays
-- Returns 1 or 0, and the leases of other nodes that have some.
local number, limit = tonumber(ARGV[2]), tonumber(ARGV[3])
local sum, others, former = 0, {}, {}
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  if string.sub(fields[i], 1, #ARGV[5]) ~= ARGV[5] then
    sum = sum + tonumber(fields[i + 1])
    others[#others + 1] = fields[i]
  elseif fields[i] ~= ARGV[1] then former[#former + 1] = fields[i] end
end
if limit > 0 and sum + number > limit then return { 0, others } end
for i = 1, #former do redis.call('HDEL', KEYS[1], former[i]) end
if number > 0 then redis.call('HSET', KEYS[1], ARGV[1], number) else redis.call('HDEL', KEYS[1], ARGV[1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return { 1, others }

-- Says with how many connections a user is in a channel on one node.
-- KEYS[1] users of the channel; each value lists nodes as "node=connections node=connections"
-- ARGV[1] the user; ARGV[2] the node; ARGV[3] the number, -1 when the user has gone there; ARGV[4] expiry in milliseconds
-- Returns the other nodes where the user is.
local known = redis.call('HGET', KEYS[1], ARGV[1]) or ''
local places, nodes = {}, {}
for node, count in string.gmatch(known, '(%S+)=(%d+)') do
  if node ~= ARGV[2] then
    places[#places + 1] = node .. '=' .. count
    nodes[#nodes + 1] = node
  end
end
if tonumber(ARGV[3]) >= 0 then places[#places + 1] = ARGV[2] .. '=' .. ARGV[3] end
if #places > 0 then redis.call('HSET', KEYS[1], ARGV[1], table.concat(places, ' ')) else redis.call('HDEL', KEYS[1], ARGV[1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return nodes
